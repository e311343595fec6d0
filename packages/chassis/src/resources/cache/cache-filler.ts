import type { RequestScope } from '../../definition/resource.ts'
import type { CacheCounts } from './cache-counts.ts'
import type { Cached } from './cache-engine.ts'
import type { CachePolicy } from './cache-options.ts'
import { deepFreeze } from './deep-freeze.ts'
import { type Entry, entryOf } from './entry.ts'
import type { FailureLog } from './failure-log.ts'
import { type Load, limitedLoad } from './limited-load.ts'
import type { MemoryLayer } from './memory-layer.ts'
import type { Lease, SharedLayer } from './shared-layer.ts'

export interface CacheFillerOptions<Value> {
  policy: CachePolicy<Value>
  memory: MemoryLayer<Value>
  /** Undefined where each replica caches for itself. */
  shared: SharedLayer<Value> | undefined
  counts: CacheCounts
  /** From the first question to the value: for the wait for somebody else's load, and for the load. */
  loadMilliseconds: number
  /** Told of loads that failed and whose requests were served all the same. */
  failures: FailureLog
  /** Ends every load and every wait. */
  closing: AbortSignal
  /** Milliseconds since the epoch. @default Date.now */
  now?: () => number
}

export interface Filled<Value> {
  entry: Entry<Value>
  state: Cached<Value>['state']
}

/** A load that is to be made. */
interface Due<Value> {
  /** On the clock of `performance.now`. */
  endsAt: number
  /** The copy that there is. */
  known: Entry<Value> | undefined
  lease: Lease | undefined
}

/** After a load that failed, and whose requests have a copy to be served with. */
const BACKOFF_MILLISECONDS = 1000
/** The part of the time for a value that may pass with waiting for somebody else's load. */
const WAIT_SHARE = 0.5
/** Without a failure of any load, until they are over: one key may fail beside others that do not. */
const QUIET_MILLISECONDS = 5000

/** Brings what the memory has not got, or has got no more: from the shared layer, or else by a load. */
export class CacheFiller<Value> {
  readonly #options: CacheFillerOptions<Value>
  readonly #memory: MemoryLayer<Value>
  readonly #counts: CacheCounts
  readonly #now: () => number

  constructor(options: CacheFillerOptions<Value>) {
    this.#options = options
    this.#memory = options.memory
    this.#counts = options.counts
    this.#now = options.now ?? (() => Date.now())
  }

  async fill(key: string, load: Load<Value>, scope: RequestScope | undefined): Promise<Filled<Value>> {
    const { shared, loadMilliseconds } = this.#options
    const startedAt = performance.now()
    const endsAt = startedAt + loadMilliseconds
    const waitsUntil = startedAt + WAIT_SHARE * loadMilliseconds
    let known = this.#memory.get(key)
    let found = await shared?.obtain({ key, knownAt: known?.storedAt, waitsUntil, scope })
    for (let looks = 1; found?.kind === 'found'; looks++) {
      known = this.#memory.put(key, found.value, found.storedAt, found.bytes)
      const now = this.#now()
      if (now < known.freshUntil) return { entry: known, state: found.isAwaited ? 'miss' : 'hit' }
      if (now < known.staleUntil) return { entry: known, state: 'stale' }
      // One old entry after the other is nothing that replicas of ours do.
      if (looks > 1) await shared?.pause()
      found = await shared?.obtain({ key, knownAt: known.storedAt, waitsUntil, scope })
    }
    return this.#load(key, load, { endsAt, known, lease: found })
  }

  async #load(key: string, load: Load<Value>, { endsAt, known, lease }: Due<Value>): Promise<Filled<Value>> {
    const { closing, failures } = this.#options
    try {
      const value = await limitedLoad(load, endsAt, closing)
      const entry = this.#keep(key, value, lease)
      this.#counts.loaded++
      failures.over('Loads for the cache succeed again', QUIET_MILLISECONDS)
      return { entry, state: 'miss' }
    } catch (error) {
      this.#counts.failedLoads++
      void lease?.release()
      if (!known) throw error
      if (!closing.aborted) failures.tell('A load for the cache failed; the copy that there is stays in use', error)
      const now = this.#now()
      known.retryAt = now + BACKOFF_MILLISECONDS
      if (now >= known.errorUntil) throw error
      return { entry: known, state: 'stale' }
    }
  }

  #keep(key: string, value: Value, lease: Lease | undefined): Entry<Value> {
    const { policy } = this.#options
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined) throw new TypeError('A cached value must be one that JSON can hold; make the load return null where there is nothing.')
    const now = this.#now()
    const bytes = Buffer.byteLength(text)
    if (bytes > policy.maxValueBytes) {
      // The copy from before it grew would be served, and renewed, for as long as it may be.
      void lease?.forget()
      this.#memory.delete(key)
      return entryOf(deepFreeze(value), now, policy)
    }
    void lease?.store(text, now)
    return this.#memory.put(key, value, now, bytes)
  }
}
