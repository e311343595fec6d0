import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { RequestScope } from '../../definition/resource.ts'
import type { CacheCounts, SharedOperation } from './cache-counts.ts'
import type { RedisConnection } from './redis-connection.ts'
import { CLAIM, RELEASE, RENEW, STORE } from './redis-scripts.ts'

export interface SharedLayerOptions<Value> {
  connection: RedisConnection
  counts: CacheCounts
  value: z.ZodType<Value>
  /** What every key begins with. */
  prefix: string
  /** For which an entry is kept. */
  keepMilliseconds: number
  /** For which a wait for somebody else's load lasts at most. */
  loadMilliseconds: number
  /** Ends every wait. */
  closing: AbortSignal
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

/** The right to load, which nobody else has meanwhile. One of both is called at the end; neither rejects. */
export interface Lease {
  kind: 'lease'
  store(text: string, storedAt: number): Promise<void>
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
/** Characters of what is none of ours that tell it from what replaces it. */
const GARBAGE_PREFIX = 64

/** The entries that replicas share in Redis, and whose turn it is to load one. */
export class SharedLayer<Value> {
  readonly #options: SharedLayerOptions<Value>

  constructor(options: SharedLayerOptions<Value>) {
    this.#options = options
  }

  /**
   * What was stored there after `knownAt`, waiting while another process loads it; or else the right to load. Undefined where there is nobody to share
   * with: Redis is away, or the wait took as long as a load may.
   *
   * @param knownAt when the copy was stored that is too old; undefined where there is none
   * @param scope the request that asks, for its trace
   */
  async obtain(key: string, knownAt: number | undefined, scope: RequestScope | undefined): Promise<Found<Value> | Lease | undefined> {
    const { prefix, loadMilliseconds, closing } = this.#options
    const name = `${prefix}:${createHash('sha256').update(key).digest('hex')}`
    const token = crypto.randomUUID()
    const until = performance.now() + loadMilliseconds
    let known = knownAt === undefined ? '' : headOf(knownAt)
    for (let isAwaited = false; performance.now() < until; isAwaited = true) {
      const reply = await this.#eval('claim', CLAIM, name, [token, String(LOCK_MILLISECONDS), known], scope)
      if (reply === 1) return this.#lease(name, token)
      if (typeof reply === 'string') {
        const found = this.#parse(reply)
        if (found) return { ...found, kind: 'found', isAwaited }
        known = reply.slice(0, GARBAGE_PREFIX)
      } else if (reply !== 0) return undefined
      else await sleep(POLL_MILLISECONDS * (1 + Math.random()), undefined, { signal: closing })
    }
    return undefined
  }

  #lease(name: string, token: string): Lease {
    const { keepMilliseconds } = this.#options
    const renew = () => void this.#eval('renew', RENEW, name, [token, String(LOCK_MILLISECONDS)])
    const renewal = setInterval(renew, RENEW_MILLISECONDS).unref()
    const end = async (operation: SharedOperation, script: string, values: string[]) => {
      clearInterval(renewal)
      await this.#eval(operation, script, name, [token, ...values])
    }
    return {
      kind: 'lease',
      store: (text, storedAt) => end('store', STORE, [`${headOf(storedAt)}"value":${text}}`, String(keepMilliseconds)]),
      release: () => end('release', RELEASE, []),
    }
  }

  #eval(operation: SharedOperation, script: string, name: string, values: string[], scope?: RequestScope): Promise<unknown> {
    const { connection } = this.#options
    const keys = [name, `${name}:lock`]
    const run = () => connection.run(operation, (client) => client.eval(script, { keys, arguments: values }))
    return scope && connection.isUp ? scope.span('EVAL', run, SPAN) : run()
  }

  #parse(text: string): Pick<Found<Value>, 'value' | 'storedAt' | 'bytes'> | undefined {
    const { value, counts } = this.#options
    const [head] = /^\{"storedAt":\d+,/.exec(text) ?? []
    const parsed = head === undefined ? undefined : parseJson(text)
    const result = parsed && value.safeParse(parsed.value)
    if (parsed && result?.success) return { value: result.data, storedAt: Math.min(parsed.storedAt, Date.now()), bytes: Buffer.byteLength(text) }
    counts.errors.parse++
    return undefined
  }
}

const SPAN = { kind: 'client', attributes: { 'db.system.name': 'redis', 'db.operation.name': 'EVAL' } } as const

/** How an entry begins; by that alone, Redis tells one from the next. */
function headOf(storedAt: number): string {
  return `{"storedAt":${storedAt},`
}

function parseJson(text: string): { storedAt: number; value: unknown } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
