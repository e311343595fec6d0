import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { RequestScope } from '../../definition/resource.ts'
import type { CacheCounts, SharedOperation } from './cache-counts.ts'
import type { RedisClient } from './redis-client.ts'
import type { RedisConnection } from './redis-connection.ts'
import { CLAIM, FORGET, RELEASE, RENEW, STORE } from './redis-scripts.ts'
import { entryText, headIn, headOf, mostEntryBytes, parseEntry } from './shared-entry.ts'

export interface SharedLayerOptions<Value> {
  connection: RedisConnection
  counts: CacheCounts
  value: z.ZodType<Value>
  /** What every key begins with. */
  prefix: string
  /** For which an entry is kept. */
  keepMilliseconds: number
  /** Of a value, as JSON. */
  maxValueBytes: number
  /** What is stored by a clock that is further ahead than that is none of ours: it would be fresh until ours gets there. */
  freshMilliseconds: number
  /** Ends every wait. */
  closing: AbortSignal
}

export interface Wanted {
  key: string
  /** When the copy was stored that is too old; undefined where there is none. */
  knownAt: number | undefined
  /** When a wait for somebody else's load is over, on the clock of `performance.now`. */
  waitsUntil: number
  /** The request that asks, for its trace. */
  scope: RequestScope | undefined
}

/** What another process has stored. */
export interface Found<Value> {
  kind: 'found'
  value: Value
  storedAt: number
  bytes: number
  /** Whether it was loaded while this process waited. */
  isAwaited: boolean
}

/** The right to load, which nobody else has meanwhile, unless the wait for somebody else's was over. One of these is called at the end; none rejects. */
export interface Lease {
  kind: 'lease'
  store(text: string, storedAt: number): Promise<void>
  /** For what was loaded and is not to be shared. */
  forget(): Promise<void>
  release(): Promise<void>
}

/**
 * A lock is short and renewed for as long as its load takes: one whose owner is gone, or that a Redis which hung takes note of when nobody waits for
 * its answer any more, holds nobody up for longer than that.
 */
const LOCK_MILLISECONDS = 300
const RENEW_MILLISECONDS = 100
/** Between two looks at what somebody else loads; the second half is random. */
const POLL_MILLISECONDS = 25

/** The entries that replicas share in Redis, and whose turn it is to load one. */
export class SharedLayer<Value> {
  readonly #options: SharedLayerOptions<Value>

  constructor(options: SharedLayerOptions<Value>) {
    this.#options = options
  }

  /**
   * What was stored there after `knownAt`, waiting while another process loads it; or else the right to load. Undefined where there is nobody to share
   * with: Redis is away.
   */
  async obtain({ key, knownAt, waitsUntil, scope }: Wanted): Promise<Found<Value> | Lease | undefined> {
    const { prefix, maxValueBytes } = this.#options
    // By UTF-16, for a key may have half of a pair, which UTF-8 has not.
    const name = `${prefix}:${createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex')}`
    const token = crypto.randomUUID()
    let known = knownAt === undefined ? '' : headOf(knownAt)
    for (let isAwaited = false; performance.now() < waitsUntil; isAwaited = true) {
      const values = [token, String(LOCK_MILLISECONDS), known, String(mostEntryBytes(maxValueBytes))]
      // A span for the first alone: a wait of a second asks thirty times.
      const reply = await this.#eval('claim', CLAIM, name, values, isAwaited ? undefined : scope)
      if (reply === 1) return this.#lease(name, token, this.#renewal(name, token))
      if (reply === 2) return this.#lease(name, token)
      if (Buffer.isBuffer(reply)) {
        const found = this.#parse(reply)
        if (found) return { ...found, kind: 'found', isAwaited }
        known = headIn(reply)
      } else if (reply !== 0) return undefined
      await this.pause()
    }
    return this.#lease(name, token)
  }

  /** Between two looks at what others do. */
  async pause(): Promise<void> {
    await sleep(POLL_MILLISECONDS * (1 + Math.random()), undefined, { signal: this.#options.closing })
  }

  #renewal(name: string, token: string): NodeJS.Timeout {
    const renew = () => void this.#eval('renew', RENEW, name, [token, String(LOCK_MILLISECONDS)])
    return setInterval(renew, RENEW_MILLISECONDS).unref()
  }

  /** @param renewal of the lock; undefined where there is none */
  #lease(name: string, token: string, renewal?: NodeJS.Timeout): Lease {
    const { keepMilliseconds } = this.#options
    const end = async (operation: SharedOperation, script: string, values: string[]) => {
      clearInterval(renewal)
      await this.#eval(operation, script, name, [token, ...values])
    }
    return {
      kind: 'lease',
      store: (text, storedAt) => end('store', STORE, [entryText(storedAt, text), String(keepMilliseconds)]),
      forget: () => end('forget', FORGET, []),
      release: () => end('release', RELEASE, []),
    }
  }

  #eval(operation: SharedOperation, script: string, name: string, values: string[], scope?: RequestScope): Promise<unknown> {
    const { connection } = this.#options
    const keys = [name, `${name}:lock`]
    const ask = (client: RedisClient) => client.eval(script, { keys, arguments: values })
    // Inside of what `run` makes of errors, so that the span is marked with them.
    return connection.run(operation, scope ? (client) => scope.span('EVAL', () => ask(client), SPAN) : ask)
  }

  #parse(bytes: Buffer): Pick<Found<Value>, 'value' | 'storedAt' | 'bytes'> | undefined {
    const { value, counts, freshMilliseconds } = this.#options
    const now = Date.now()
    const parsed = parseEntry(bytes)
    const result = parsed && parsed.storedAt <= now + freshMilliseconds ? value.safeParse(parsed.value) : undefined
    if (parsed && result?.success) return { value: result.data, storedAt: Math.min(parsed.storedAt, now), bytes: bytes.length }
    counts.errors.parse++
    return undefined
  }
}

const SPAN = { kind: 'client', attributes: { 'db.system.name': 'redis', 'db.operation.name': 'EVAL' } } as const
