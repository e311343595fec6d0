import { LRUCache } from 'lru-cache'
import { deepFreeze } from './deep-freeze.ts'
import { type Entry, entryOf, type Lifetimes } from './entry.ts'

export interface MemoryLayerOptions {
  maxEntries: number
  maxBytes: number
  lifetimes: Lifetimes
}

/** The entries of this process; those that were used last stay. */
export class MemoryLayer<Value> {
  readonly #entries: LRUCache<string, Entry<Value>>
  readonly #lifetimes: Lifetimes
  /** Entries that made room for others, since the start. */
  evictions = 0

  constructor({ maxEntries, maxBytes, lifetimes }: MemoryLayerOptions) {
    this.#lifetimes = lifetimes
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      dispose: (_entry, _key, reason) => {
        if (reason === 'evict') this.evictions++
      },
    })
  }

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    return this.#entries.calculatedSize
  }

  get(key: string): Entry<Value> | undefined {
    return this.#entries.get(key)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  /** Keeps a value, frozen. A key counts with the two bytes that a character has in memory where one of them is beyond Latin-1. What is larger than the whole layer is returned and not kept. */
  put(key: string, value: Value, storedAt: number, valueBytes: number): Entry<Value> {
    const entry = entryOf(deepFreeze(value), storedAt, this.#lifetimes)
    this.#entries.set(key, entry, { size: 2 * key.length + valueBytes })
    return entry
  }
}
