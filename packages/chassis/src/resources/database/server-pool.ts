import { setTimeout as sleep } from 'node:timers/promises'
import { CallDeadlines, type Settle } from './call-deadlines.ts'
import {
  type Connection,
  type ConnectionPool,
  ConnectionRefused,
  type DatabaseSystem,
  type DriverQuery,
  type QueryResult,
  QueryTimeout,
} from './connection.ts'
import type { CreateSession, Session } from './session.ts'
import { SessionEnder, type SessionEnderOptions } from './session-ender.ts'

/** What a server gets to close a connection that takes leave. */
const LEAVE_MILLISECONDS = 1000

export interface ServerPoolOptions {
  system: DatabaseSystem
  max: number
  /** How long anybody waits for a connection, new or free. */
  connectTimeoutMilliseconds: number
  /** After which an unused connection is closed. */
  idleTimeoutMilliseconds: number
  createSession: CreateSession
  endQueries: SessionEnderOptions['endQueries']
}

/**
 * Sessions with a server, opened as they are needed and kept for the next user. One for both drivers, whose own pools differ in what they do when
 * a server hangs, and leave a connection's errors uncaught at times.
 */
export class ServerPool implements ConnectionPool {
  readonly system: DatabaseSystem
  readonly max: number
  readonly #options: ServerPoolOptions
  readonly #deadlines = new CallDeadlines()
  readonly #ender: SessionEnder
  /** Open, and being opened. */
  readonly #sessions = new Set<Session>()
  /** The one that was used last comes last, and is taken first: the others may become superfluous. */
  readonly #idle: { session: Session; since: number }[] = []
  readonly #waiting = new Set<Settle<Connection>>()
  readonly #sweeper: NodeJS.Timeout
  #opening = 0
  #isClosed = false

  constructor(options: ServerPoolOptions) {
    this.system = options.system
    this.max = options.max
    this.#options = options
    this.#ender = new SessionEnder({ ...options, timeoutMilliseconds: 2 * options.connectTimeoutMilliseconds })
    this.#sweeper = setInterval(() => this.#endUnused(), options.idleTimeoutMilliseconds / 2).unref()
  }

  async acquire(_purpose: 'read' | 'write', deadlineAt: number): Promise<Connection> {
    if (this.#isClosed) throw closed()
    const idle = this.#idle.pop()
    if (idle) return this.#connectionOf(idle.session)
    let waiter: Settle<Connection>
    return this.#deadlines.run<Connection>(Math.min(deadlineAt, performance.now() + this.#options.connectTimeoutMilliseconds), {
      start: (settle) => {
        waiter = settle
        this.#waiting.add(settle)
        this.#openMore()
      },
      onExpire: () => this.#waiting.delete(waiter),
    })
  }

  size(): number {
    return this.#sessions.size
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sweeper)
    for (let waiter = this.#nextWaiter(); waiter; waiter = this.#nextWaiter()) waiter(closed())
    const leaving = this.#idle.splice(0).map(({ session }) => this.#end(session))
    for (const session of this.#sessions) this.#destroy(session)
    await Promise.all(leaving)
  }

  #openMore(): void {
    while (!this.#isClosed && this.#opening < this.#waiting.size && this.#sessions.size < this.max) void this.#open()
  }

  async #open(): Promise<void> {
    const session: Session = this.#options.createSession(() => this.#drop(session))
    this.#sessions.add(session)
    this.#opening++
    const deadlineAt = performance.now() + this.#options.connectTimeoutMilliseconds
    try {
      await this.#deadlines.run<void>(deadlineAt, { start: (settle) => session.open(settle) }).finally(() => this.#opening--)
      this.#handOn(session)
    } catch (error) {
      // One attempt, one disappointment: whoever else waits may get a connection that comes back.
      this.#nextWaiter()?.(error instanceof QueryTimeout ? error : new ConnectionRefused(error))
      this.#destroy(session)
    }
  }

  #handOn(session: Session): void {
    // It ended while it was in use.
    if (!this.#sessions.has(session)) return
    const waiter = this.#nextWaiter()
    if (waiter) waiter(undefined, this.#connectionOf(session))
    else if (this.#isClosed) void this.#end(session)
    else this.#idle.push({ session, since: performance.now() })
  }

  #nextWaiter(): Settle<Connection> | undefined {
    const [waiter] = this.#waiting
    if (waiter) this.#waiting.delete(waiter)
    return waiter
  }

  #connectionOf(session: Session): Connection {
    return {
      execute: (query: DriverQuery, deadlineAt: number) =>
        this.#deadlines.run<QueryResult>(deadlineAt, {
          start: (settle) => session.execute(query, settle),
          onExpire: () => this.#ender.add(session.id),
        }),
      release: () => this.#handOn(session),
      destroy: () => this.#destroy(session),
    }
  }

  #destroy(session: Session): void {
    session.destroy()
    this.#drop(session)
  }

  #drop(session: Session): void {
    if (!this.#sessions.delete(session)) return
    const place = this.#idle.findIndex((idle) => idle.session === session)
    if (place >= 0) this.#idle.splice(place, 1)
    // It has made room for whoever waits.
    this.#openMore()
  }

  async #end(session: Session): Promise<void> {
    this.#drop(session)
    await Promise.race([session.end(), sleep(LEAVE_MILLISECONDS, undefined, { ref: false })])
    session.destroy()
  }

  #endUnused(): void {
    const earliest = performance.now() - this.#options.idleTimeoutMilliseconds
    for (const { session, since } of [...this.#idle]) if (since < earliest) void this.#end(session)
  }
}

const closed = () => new ConnectionRefused(new Error('The connections to the database are closed.'))
