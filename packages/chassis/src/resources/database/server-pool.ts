import { setTimeout as sleep } from 'node:timers/promises'
import { type Link, LinkedList } from '../linked-list.ts'
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

interface Waiter extends Link<Waiter> {
  settle: Settle<Connection>
}

/** A session in the pool, and how its users see it. */
interface Member {
  session: Session
  connection: Connection
  /** On the clock of `performance.now`. */
  idleSince: number
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
  readonly #members = new Set<Member>()
  /** The one that was used last comes last, and is taken first: the others may become superfluous. */
  readonly #idle: Member[] = []
  readonly #waiting = new LinkedList<Waiter>()
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

  takeFree(): Connection | undefined {
    return this.#idle.pop()?.connection
  }

  async acquire(_purpose: 'read' | 'write', deadlineAt: number): Promise<Connection> {
    if (this.#isClosed) throw closed()
    const free = this.takeFree()
    if (free) return free
    const waiter: Waiter = { settle: () => {}, previous: undefined, next: undefined }
    return this.#deadlines.run<Connection>(
      Math.min(deadlineAt, performance.now() + this.#options.connectTimeoutMilliseconds),
      (settle) => {
        waiter.settle = settle
        this.#waiting.add(waiter)
        this.#openMore()
      },
      () => this.#waiting.remove(waiter),
    )
  }

  size(): number {
    return this.#members.size
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sweeper)
    for (let waiter = this.#waiting.shift(); waiter; waiter = this.#waiting.shift()) waiter.settle(closed())
    const leaving = this.#idle.splice(0).map((member) => this.#end(member))
    for (const member of this.#members) this.#destroy(member)
    await Promise.all(leaving)
  }

  #openMore(): void {
    while (!this.#isClosed && this.#opening < this.#waiting.size && this.#members.size < this.max) void this.#open()
  }

  async #open(): Promise<void> {
    const member = this.#createMember()
    this.#members.add(member)
    this.#opening++
    const deadlineAt = performance.now() + this.#options.connectTimeoutMilliseconds
    try {
      await this.#deadlines.run<void>(deadlineAt, (settle) => member.session.open(settle)).finally(() => this.#opening--)
      this.#handOn(member)
    } catch (error) {
      // One attempt, one disappointment: whoever else waits may get a connection that comes back.
      this.#waiting.shift()?.settle(error instanceof QueryTimeout ? error : new ConnectionRefused(error))
      this.#destroy(member)
    }
  }

  #createMember(): Member {
    const session = this.#options.createSession(() => this.#drop(member))
    const giveUp = () => this.#ender.add(session.id)
    const connection: Connection = {
      execute: (query: DriverQuery, deadlineAt: number) =>
        this.#deadlines.run<QueryResult>(deadlineAt, (settle) => session.execute(query, settle), giveUp),
      release: () => this.#handOn(member),
      destroy: () => this.#destroy(member),
    }
    const member: Member = { session, connection, idleSince: 0 }
    return member
  }

  #handOn(member: Member): void {
    // It ended while it was in use.
    if (!this.#members.has(member)) return
    const waiter = this.#waiting.shift()
    if (waiter) waiter.settle(undefined, member.connection)
    else if (this.#isClosed) void this.#end(member)
    else {
      member.idleSince = performance.now()
      this.#idle.push(member)
    }
  }

  #destroy(member: Member): void {
    member.session.destroy()
    this.#drop(member)
  }

  #drop(member: Member): void {
    if (!this.#members.delete(member)) return
    const place = this.#idle.indexOf(member)
    if (place >= 0) this.#idle.splice(place, 1)
    // It has made room for whoever waits.
    this.#openMore()
  }

  async #end(member: Member): Promise<void> {
    this.#drop(member)
    await Promise.race([member.session.end(), sleep(LEAVE_MILLISECONDS, undefined, { ref: false })])
    member.session.destroy()
  }

  #endUnused(): void {
    const earliest = performance.now() - this.#options.idleTimeoutMilliseconds
    for (const member of [...this.#idle]) if (member.idleSince < earliest) void this.#end(member)
  }
}

const closed = () => new ConnectionRefused(new Error('The connections to the database are closed.'))
