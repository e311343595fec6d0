import type { RequestScope } from '../../definition/resource.ts'
import { ANSWER_MARGIN_MILLISECONDS } from '../answer-margin.ts'
import type { CacheCounts } from './cache-counts.ts'
import { CacheFiller, type CacheFillerOptions, type Filled } from './cache-filler.ts'
import type { Entry } from './entry.ts'
import type { Load } from './limited-load.ts'
import type { MemoryLayer } from './memory-layer.ts'
import { SingleFlight } from './single-flight.ts'

/** A value from the cache. */
export interface Cached<Value> {
  /** Frozen: requests share it. */
  readonly value: Value
  /** `hit` is fresh, `stale` is past its time and served all the same, `miss` was loaded for this request or one at the same time. */
  readonly state: 'hit' | 'stale' | 'miss'
  /** Whole seconds since it was loaded. */
  readonly age: number
}

/** That are under way at a time: what many keys that are due together leave to the requests of an upstream, which takes a hundred unless told. */
const MOST_RENEWALS = 20

/** Memory first, at once; then one flight a key, which asks the shared layer and loads what nobody has. */
export class CacheEngine<Value> {
  readonly #loadMilliseconds: number
  readonly #filler: CacheFiller<Value>
  readonly #memory: MemoryLayer<Value>
  readonly #counts: CacheCounts
  readonly #now: () => number
  readonly #flights = new SingleFlight<Filled<Value>>()
  #renewals = 0

  constructor(options: CacheFillerOptions<Value>) {
    this.#loadMilliseconds = options.loadMilliseconds
    this.#filler = new CacheFiller(options)
    this.#memory = options.memory
    this.#counts = options.counts
    this.#now = options.now ?? (() => Date.now())
  }

  get(key: string, load: Load<Value>, scope: RequestScope | undefined): Cached<Value> | Promise<Cached<Value>> {
    const entry = this.#memory.get(key)
    if (!entry) return this.#wait(key, load, scope)
    const now = this.#now()
    if (now < entry.freshUntil && now >= entry.freshFrom) return this.#answer(entry, 'hit', now)
    if (now < entry.staleUntil) this.#revalidate(key, load, entry, now)
    else if (now >= entry.errorUntil || now >= entry.retryAt) return this.#wait(key, load, scope)
    return this.#answer(entry, 'stale', now)
  }

  /** Call when `closing` is aborted. */
  settle(): Promise<void> {
    return this.#flights.settle()
  }

  #answer({ value, storedAt }: Entry<Value>, state: Cached<Value>['state'], now: number): Cached<Value> {
    this.#counts[state]++
    return { value, state, age: Math.max(0, Math.floor((now - storedAt) / 1000)) }
  }

  async #wait(key: string, load: Load<Value>, scope: RequestScope | undefined): Promise<Cached<Value>> {
    const flight = this.#flights.run(key, () => this.#filler.fill(key, load, scope))
    const { entry, state } = await this.#inTime(key, flight, scope).catch((error: unknown) => {
      this.#counts.miss++
      throw error
    })
    const now = this.#now()
    if (state === 'stale') this.#revalidate(key, load, entry, now)
    return this.#answer(entry, state, now)
  }

  /** What the flight comes to; for a request whose time is over before, a copy that is served where a load fails. */
  #inTime(key: string, flight: Promise<Filled<Value>>, scope: RequestScope | undefined): Promise<Filled<Value>> {
    const time = scope ? scope.remainingTime - ANSWER_MARGIN_MILLISECONDS : Number.POSITIVE_INFINITY
    if (time >= this.#loadMilliseconds) return flight
    return new Promise((resolve, reject) => {
      const serveCopy = () => {
        const entry = this.#memory.get(key)
        if (entry && this.#now() < entry.errorUntil) resolve({ entry, state: 'stale' })
      }
      const timer = setTimeout(serveCopy, Math.max(0, time))
      void flight.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }

  /** Where there is no room for it, a later request does it. */
  #revalidate(key: string, load: Load<Value>, entry: Entry<Value>, now: number): void {
    if (now < entry.retryAt || this.#renewals >= MOST_RENEWALS || this.#flights.has(key)) return
    this.#renewals++
    const renewal = this.#flights.run(key, () => this.#filler.fill(key, load, undefined))
    // The log was told of a failure, and nobody waits.
    void renewal
      .catch(() => {})
      .finally(() => {
        this.#renewals--
      })
  }
}
