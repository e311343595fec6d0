/** Characters, of which one is a byte mostly. Large enough that a block costs little, small enough that thousands of them fit into memory. */
const BLOCK_LENGTH = 64 * 1024

/** Writes items as one JSON array, in blocks, and asks for an item only when the one before it has been written. */
export class JsonBlocks {
  readonly #items: AsyncIterator<unknown>
  #separator = '['
  #isDone = false
  #closing: Promise<void> | undefined

  constructor(items: AsyncIterable<unknown>) {
    this.#items = items[Symbol.asyncIterator]()
  }

  /** Whether the last block has been given, or there will be none. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** The next block; not to be called after the last. Throws what the iterator throws. */
  async next(): Promise<string> {
    let block = ''
    while (block.length < BLOCK_LENGTH) {
      const { done, value } = await this.#ask()
      if (done) {
        this.#isDone = true
        return block + (this.#separator === '[' ? '[]' : ']')
      }
      block += this.#separator + toJson(value)
      this.#separator = ','
    }
    return block
  }

  /** Tells the iterator that nobody wants the rest. Resolves when it has let go of what it holds. */
  close(): Promise<void> {
    this.#closing ??= this.#isDone ? Promise.resolve() : this.#return()
    return this.#closing
  }

  async #return(): Promise<void> {
    try {
      await this.#items.return?.()
    } catch {
      // Of what broke off nobody needs the rest, and the cause has been logged where it was not the client.
    }
  }

  async #ask(): Promise<IteratorResult<unknown>> {
    try {
      return await this.#items.next()
    } catch (error) {
      // An iterator that throws has ended by itself.
      this.#isDone = true
      throw error
    }
  }
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function toJson(item: unknown): string {
  const text = JSON.stringify(item)
  if (text === undefined) throw new TypeError('An async iterable that is an answer must give data; it has given what JSON has no word for.')
  return text
}
