import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServiceError } from '@slipway/chassis'

const READ_BYTES = 65_536
/** The disk is full, a quota is used up, or a file may not be so large. */
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** A body that has arrived as a whole. */
export interface Spooled {
  /** From the beginning, each time. A block holds until the next one is asked for: the memory of all would outlast them until it is collected. */
  bytes(): AsyncIterable<Uint8Array>
  /** Frees what holds it. */
  close(): Promise<void>
}

/**
 * Reads a body to its end before anything is made of it: a client that sends slowly, or stops in the middle, then keeps nobody waiting but itself.
 *
 * @param most bytes that stay in memory; what is beyond goes into a temporary file
 * @throws {ServiceError} `resource_unavailable` when that one finds no room
 */
export async function spool(body: AsyncIterable<Uint8Array>, most: number): Promise<Spooled> {
  const blocks: Uint8Array[] = []
  let size = 0
  let file: FileHandle | undefined
  const close = async () => file?.close()
  try {
    for await (const block of body) {
      size += block.byteLength
      if (size <= most) blocks.push(block)
      else {
        file ??= await openNameless()
        await file.writeFile(block)
      }
    }
  } catch (error) {
    await close()
    if (!NO_ROOM.has((error as NodeJS.ErrnoException).code)) throw error
    throw new ServiceError('resource_unavailable', 'There is no room for so large a body at the moment.', { cause: error, retryAfter: 5 })
  }
  return { close, bytes: () => all(blocks, file) }
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
