import type { Connection, ConnectionPool, DriverQuery, QueryResult } from './connection.ts'

interface Generation {
  /** What it was made from. */
  url: string
  pool: ConnectionPool
  /** Connections that somebody has, or waits for. */
  users: number
  isRetired: boolean
}

/** The pool for the URL that holds now. When that changes, as rotated credentials do, a new pool takes over, and the old one closes after its last user. */
export class RotatingPool {
  readonly #currentUrl: () => string
  readonly #open: (url: string) => Promise<ConnectionPool>
  #generation: Generation
  #rotation: Promise<void> | undefined
  used = 0
  waiting = 0

  private constructor(currentUrl: () => string, open: (url: string) => Promise<ConnectionPool>, url: string, pool: ConnectionPool) {
    this.#currentUrl = currentUrl
    this.#open = open
    this.#generation = { url, pool, users: 0, isRetired: false }
  }

  static async open(currentUrl: () => string, open: (url: string) => Promise<ConnectionPool>): Promise<RotatingPool> {
    const url = currentUrl()
    return new RotatingPool(currentUrl, open, url, await open(url))
  }

  get current(): ConnectionPool {
    return this.#generation.pool
  }

  async acquire(purpose: 'read' | 'write', deadlineAt: number): Promise<Connection> {
    if (this.#currentUrl() !== this.#generation.url) await this.#rotate()
    const generation = this.#generation
    generation.users++
    this.waiting++
    try {
      const connection = await generation.pool.acquire(purpose, deadlineAt)
      this.used++
      return new Lease(connection, () => {
        this.used--
        this.#leave(generation)
      })
    } catch (error) {
      this.#leave(generation)
      throw error
    } finally {
      this.waiting--
    }
  }

  async close(): Promise<void> {
    await this.#rotation
    await this.#generation.pool.close()
  }

  #rotate(): Promise<void> {
    this.#rotation ??= this.#replace().finally(() => {
      this.#rotation = undefined
    })
    return this.#rotation
  }

  async #replace(): Promise<void> {
    const url = this.#currentUrl()
    const pool = await this.#open(url)
    const old = this.#generation
    this.#generation = { url, pool, users: 0, isRetired: false }
    old.isRetired = true
    this.#closeUnused(old)
  }

  #leave(generation: Generation): void {
    generation.users--
    this.#closeUnused(generation)
  }

  #closeUnused({ isRetired, users, pool }: Generation): void {
    // Nobody is left who could be told that the old credentials' connections did not close well.
    if (isRetired && users === 0) pool.close().catch(() => {})
  }
}

/** A connection that counts as used until it is given back, which can be done once. */
class Lease implements Connection {
  readonly #connection: Connection
  #onEnd: (() => void) | undefined

  constructor(connection: Connection, onEnd: () => void) {
    this.#connection = connection
    this.#onEnd = onEnd
  }

  execute(query: DriverQuery, deadlineAt: number): Promise<QueryResult> {
    return this.#connection.execute(query, deadlineAt)
  }

  release(): void {
    if (this.#end()) this.#connection.release()
  }

  destroy(): void {
    if (this.#end()) this.#connection.destroy()
  }

  #end(): boolean {
    const onEnd = this.#onEnd
    this.#onEnd = undefined
    onEnd?.()
    return onEnd !== undefined
  }
}
