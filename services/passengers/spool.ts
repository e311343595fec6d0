import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServiceError } from '@slipway/chassis'

const READ_BYTES = 65_536
/** The disk is full, a quota is used up, or a file may not be so large. */
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

export interface SpoolLimits {
  /** Bytes of a body that stay in memory; what is beyond goes into a temporary file. */
  inMemory: number
  /** Bytes of all bodies together that may be in files: Kubernetes ends a pod that writes more than it may. */
  onDisk: number
}

/** A body that has arrived as a whole. */
export interface Spooled {
  /** From the beginning, each time. A block holds until the next one is asked for: the memory of all would outlast them until it is collected. */
  bytes(): AsyncIterable<Uint8Array>
  /** Frees what holds it. */
  close(): Promise<void>
}

/** Reads bodies to their end before anything is made of them: a client that sends slowly, or stops in the middle, then keeps nobody waiting but itself. */
export class Spool {
  readonly #limits: SpoolLimits
  #onDisk = 0

  constructor(limits: SpoolLimits) {
    this.#limits = limits
  }

  /** @throws {ServiceError} `resource_unavailable` when there is no room for it */
  async read(body: AsyncIterable<Uint8Array>): Promise<Spooled> {
    const blocks: Uint8Array[] = []
    let inMemory = 0
    let inFile = 0
    let file: FileHandle | undefined
    const close = async () => {
      this.#onDisk -= inFile
      inFile = 0
      await file?.close()
    }
    try {
      for await (const block of body) {
        if (inMemory + block.byteLength <= this.#limits.inMemory && !file) {
          inMemory += block.byteLength
          blocks.push(block)
          continue
        }
        inFile += block.byteLength
        this.#onDisk += block.byteLength
        if (this.#onDisk > this.#limits.onDisk) throw noRoom()
        file ??= await openNameless()
        await file.writeFile(block)
      }
    } catch (error) {
      await close()
      throw NO_ROOM.has((error as NodeJS.ErrnoException).code) ? noRoom(error) : error
    }
    return { close, bytes: () => all(blocks, file) }
  }
}

function noRoom(cause?: unknown): ServiceError {
  return new ServiceError('resource_unavailable', 'There is no room for so large a body at the moment.', { cause, retryAfter: 5 })
}

async function* all(blocks: readonly Uint8Array[], file: FileHandle | undefined): AsyncGenerator<Uint8Array> {
  yield* blocks
  if (!file) return
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** A file that is gone with the process, however that ends. */
async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'import-'))
  try {
    return await open(join(folder, 'body'), 'wx+', 0o600)
  } finally {
    await rm(folder, { recursive: true })
  }
}
