import type { Exchange } from '../observe/exchange.ts'
import { checkEncoding, checkMediaType } from './content-type.ts'
import { type BodyReader, cancel, checkLength, tooLarge, unreadable } from './read-body.ts'

/** What a client may still be sending after its answer is known: it is read up to here, because many clients look for the answer only then. */
const MOST_DISCARDED_BYTES = 64 * 1024 * 1024
const LONGEST_DISCARD_MILLISECONDS = 5000

/** The bytes of a body in the order in which they come, each once: who breaks off and begins anew gets the rest. */
export class BodyStream implements AsyncIterable<Uint8Array> {
  readonly #exchange: Exchange
  readonly #maxBytes: number
  #reader: BodyReader | undefined
  #size = 0
  #isEnded = false

  constructor(exchange: Exchange, maxBytes: number) {
    this.#exchange = exchange
    this.#maxBytes = maxBytes
  }

  /** @throws {ServiceError} `unsupported_media_type`, or `body_too_large` where the body says so itself. */
  check(accepts: readonly string[], listed: readonly string[]): void {
    checkMediaType(this.#exchange, accepts, listed)
    checkEncoding(this.#exchange)
    checkLength(this.#exchange, this.#maxBytes)
  }

  /** @throws {ServiceError} `body_too_large`, `malformed_body` when the client breaks off, or with what the deadline has aborted the request. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (let block = await this.#read(); block; block = await this.#read()) {
      this.#size += block.byteLength
      if (this.#size > this.#maxBytes) throw tooLarge(this.#maxBytes)
      yield block
    }
  }

  /**
   * Reads on to the end without keeping anything, as far as the constants above allow. It goes on after that, but nobody has to wait for it:
   * a runtime that is left with half a body would sooner or later reset the connection, and with it an answer that has not been read yet.
   */
  async discard(): Promise<void> {
    const { signal, deadlineAt } = this.#exchange
    if (this.#isEnded || signal.aborted) return
    const patience = Math.min(LONGEST_DISCARD_MILLISECONDS, (deadlineAt - performance.now()) / 2)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience)
      void this.#readOn().finally(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  async #readOn(): Promise<void> {
    const limit = this.#size + MOST_DISCARDED_BYTES
    try {
      for (let block = await this.#read(); block; block = await this.#read()) {
        this.#size += block.byteLength
        if (this.#size > limit) return cancel(this.#reader)
      }
    } catch {
      // The client has gone, and does not want the answer either.
    }
  }

  /** The next block; undefined after the last. While it is waited for, the deadline is the client's to miss. */
  async #read(): Promise<Uint8Array | undefined> {
    if (this.#isEnded) return undefined
    this.#reader ??= this.#open()
    this.#exchange.isReceived = false
    const { done, value } = (await this.#reader?.read().catch(unreadable)) ?? { done: true, value: undefined }
    const { signal } = this.#exchange
    if (signal.aborted) throw this.#exchange.isAborted ? signal.reason : unreadable(signal.reason)
    this.#exchange.isReceived = true
    this.#isEnded = done
    return value
  }

  #open(): BodyReader | undefined {
    const { request, signal } = this.#exchange
    const reader: BodyReader | undefined = request.body?.getReader()
    // A body that has not come by the deadline is waited for no longer.
    signal.addEventListener('abort', () => cancel(reader), { once: true })
    return reader
  }
}
