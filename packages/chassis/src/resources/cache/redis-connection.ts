import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../definition/logger.ts'
import type { CacheCounts, SharedOperation } from './cache-counts.ts'
import { connectRedis } from './connect-redis.ts'
import { FailureLog } from './failure-log.ts'
import { Patience } from './patience.ts'
import type { RedisClient } from './redis-client.ts'

export interface RedisConnectionOptions {
  /** The URL that holds now. */
  currentUrl(): string
  /** That a command may take. */
  waitMilliseconds: number
  counts: CacheCounts
  log: Logger
}

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 1000
/** What Redis says first, where it does not serve this connection as one that stores. */
const ELSEWHERE = /\b(READONLY|NOAUTH|NOPERM|MASTERDOWN|LOADING)\b/
const AWAY = 'The shared cache is away; each replica caches for itself until it is back'

/**
 * The one connection to Redis, or none: what is not answered in time ends it, and nobody waits until there is another one. Opening the next, after
 * a pause, is also how a Redis that hung is tried again, and how rotated credentials come into use.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions
  readonly #failures: FailureLog
  readonly #closing = new AbortController()
  #current: { client: RedisClient; url: string } | undefined
  #connecting: Promise<void> | undefined
  /** Before the next attempt to connect: longer with each, until a command succeeds. */
  #pause = FIRST_PAUSE

  constructor(options: RedisConnectionOptions) {
    this.#options = options
    this.#failures = new FailureLog(options.log)
  }

  get isUp(): boolean {
    return this.#current !== undefined
  }

  /** Connects, or goes on trying beside the requests. Resolves after the first attempt; never rejects. */
  async open(): Promise<void> {
    const isOpen = await this.#tryConnect()
    if (!isOpen) this.#connect()
  }

  /** What the command comes to; undefined while Redis is away, and where it refuses or is too slow. Never rejects. */
  async run<Reply>(operation: SharedOperation, command: (client: RedisClient) => Promise<Reply>): Promise<Reply | undefined> {
    const current = this.#current
    if (current?.url !== this.#options.currentUrl()) this.#connect()
    if (!current) return undefined
    const giveUp = () => this.#lose(current.client, new Error(`Redis did not answer within ${this.#options.waitMilliseconds} ms.`))
    const patience = new Patience(this.#options.waitMilliseconds, giveUp)
    try {
      const reply = command(current.client)
      patience.begin()
      const replied: unknown = await reply
      if (replied === 1) this.#works()
      return replied as Reply
    } catch (error) {
      this.#options.counts.errors[operation]++
      if (this.#current === current) this.#failures.tell('The shared cache refuses a command; it is gone on without', error)
      // After a failover, or a change of who may do what: another connection may lead to one that does not refuse.
      if (ELSEWHERE.test(String(error))) this.#lose(current.client, error)
      return undefined
    } finally {
      patience.end()
    }
  }

  /** Whether the connection still is one. What is idle for long is cut by the network, and nobody is told. */
  async ping(): Promise<void> {
    await this.run('ping', (client) => client.ping())
  }

  /** Lets what was asked be answered, for as long as a command may take: a lock that stays would hold up others. */
  async close(): Promise<void> {
    this.#closing.abort()
    const client = this.#current?.client
    this.#current = undefined
    if (client) await Promise.race([client.close(), sleep(this.#options.waitMilliseconds, undefined, { ref: false })]).catch(() => {})
    client?.destroy()
    await this.#connecting
  }

  #lose(client: RedisClient, error: unknown): void {
    client.destroy()
    if (this.#current?.client !== client) return
    this.#current = undefined
    this.#failures.tell(AWAY, error)
    this.#connect()
  }

  /** One series of attempts at a time, until one succeeds. */
  #connect(): void {
    this.#connecting ??= this.#connectWithPauses().finally(() => {
      this.#connecting = undefined
    })
  }

  async #connectWithPauses(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const pause = this.#pause
      this.#pause = Math.min(2 * pause, LONGEST_PAUSE)
      // Half fixed, half random, so that replicas that lost the same Redis don't come back in step.
      await sleep(pause / 2 + (Math.random() * pause) / 2, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {})
      if (await this.#tryConnect()) return
    }
  }

  async #tryConnect(): Promise<boolean> {
    if (this.#closing.signal.aborted) return false
    const url = this.#options.currentUrl()
    try {
      this.#use(await connectRedis(url, { closing: this.#closing.signal, onError: (client, error) => this.#lose(client, error) }), url)
      return true
    } catch (error) {
      if (this.#closing.signal.aborted) return false
      this.#options.counts.errors.connect++
      this.#failures.tell(this.isUp ? 'The new CACHE_URL does not work yet; the one before it is kept' : AWAY, error)
      return false
    }
  }

  #use(client: RedisClient, url: string): void {
    const old = this.#current
    this.#current = { client, url }
    // Whoever waits for it goes on without Redis, which a rotation does not do often.
    old?.client.destroy()
  }

  /** To be called when a script has written. That a Redis connects, answers a ping, or has an entry says less: a replica does that too. */
  #works(): void {
    this.#pause = FIRST_PAUSE
    this.#failures.over('The shared cache is back')
  }
}
