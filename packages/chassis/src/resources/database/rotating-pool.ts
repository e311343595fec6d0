import type { Logger } from '../../definition/logger.ts'
import type { Connection, ConnectionPool } from './connection.ts'
import { Lease } from './lease.ts'

export interface RotatingPoolOptions {
  /** The URL that holds now. */
  currentUrl(): string
  open(url: string): Promise<ConnectionPool>
  log: Logger
}

interface Generation {
  /** What it was made from. */
  url: string
  pool: ConnectionPool
  /** Connections that somebody has, or waits for. */
  users: number
  isRetired: boolean
}

/** Between two attempts to connect with credentials that are refused: they may have come before the database knows them. */
const RETRY_MILLISECONDS = 1000
const CONNECT_MILLISECONDS = 5000

/**
 * The pool for the URL that holds now. When that changes, as rotated credentials do, a new pool takes over once it can connect, and the old one
 * closes after its last user.
 */
export class RotatingPool {
  readonly #options: RotatingPoolOptions
  readonly #generations = new Set<Generation>()
  #current: Generation
  #rotation: Promise<void> | undefined
  #triedAt = Number.NEGATIVE_INFINITY
  /** The URL that the log has been told does not work. */
  #refusedUrl: string | undefined
  used = 0
  waiting = 0

  private constructor(options: RotatingPoolOptions, url: string, pool: ConnectionPool) {
    this.#options = options
    this.#current = this.#generation(url, pool)
  }

  static async open(options: RotatingPoolOptions): Promise<RotatingPool> {
    const url = options.currentUrl()
    return new RotatingPool(options, url, await options.open(url))
  }

  get current(): ConnectionPool {
    return this.#current.pool
  }

  /** Open connections, used and idle. */
  get size(): number {
    return [...this.#generations].reduce((sum, { pool }) => sum + pool.size(), 0)
  }

  /** A connection at once, where one is free. */
  lend(purpose: 'read' | 'write', deadlineAt: number): Lease | Promise<Lease> {
    if (this.#options.currentUrl() !== this.#current.url) this.#rotate()
    const generation = this.#current
    generation.users++
    const free = generation.pool.takeFree(purpose)
    return free ? this.#lease(generation, free) : this.#await(generation, purpose, deadlineAt)
  }

  async close(): Promise<void> {
    await this.#rotation
    await Promise.all([...this.#generations].map((generation) => this.#close(generation)))
  }

  async #await(generation: Generation, purpose: 'read' | 'write', deadlineAt: number): Promise<Lease> {
    this.waiting++
    try {
      return this.#lease(generation, await generation.pool.acquire(purpose, deadlineAt))
    } catch (error) {
      this.#leave(generation)
      throw error
    } finally {
      this.waiting--
    }
  }

  #lease(generation: Generation, connection: Connection): Lease {
    this.used++
    return new Lease(connection, () => {
      this.used--
      this.#leave(generation)
    })
  }

  #generation(url: string, pool: ConnectionPool): Generation {
    const generation = { url, pool, users: 0, isRetired: false }
    this.#generations.add(generation)
    return generation
  }

  /** Beside the requests, which go on with the connections that there are. */
  #rotate(): void {
    if (this.#rotation || performance.now() - this.#triedAt < RETRY_MILLISECONDS) return
    const url = this.#options.currentUrl()
    this.#rotation = this.#replace(url)
      .catch((error: unknown) => this.#tellRefusal(url, error))
      .finally(() => {
        this.#rotation = undefined
        this.#triedAt = performance.now()
      })
  }

  #tellRefusal(url: string, error: unknown): void {
    if (url !== this.#refusedUrl) this.#options.log.warn('The new DATABASE_URL does not work yet; the one before it is kept', { error })
    this.#refusedUrl = url
  }

  async #replace(url: string): Promise<void> {
    const pool = await this.#options.open(url)
    try {
      const first = await pool.acquire('read', performance.now() + CONNECT_MILLISECONDS)
      first.release()
    } catch (error) {
      await pool.close()
      throw error
    }
    const old = this.#current
    this.#current = this.#generation(url, pool)
    old.isRetired = true
    this.#closeUnused(old)
  }

  #leave(generation: Generation): void {
    generation.users--
    this.#closeUnused(generation)
  }

  #closeUnused(generation: Generation): void {
    // Nobody is left who could be told that the old credentials' connections did not close well.
    if (generation.isRetired && generation.users === 0) this.#close(generation).catch(() => {})
  }

  async #close(generation: Generation): Promise<void> {
    if (this.#generations.delete(generation)) await generation.pool.close()
  }
}
