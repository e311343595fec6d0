import { setTimeout as sleep } from 'node:timers/promises'
import type { Compilable, CompiledQuery } from 'kysely'
import type { RequestScope } from '../../definition/resource.ts'
import { type Connection, type DatabaseSystem, type DriverQuery, type QueryResult, QueryTimeout } from './connection.ts'
import { databaseErrorKind, toServiceError } from './database-error.ts'
import { describeQuery } from './describe-query.ts'
import type { ObservedQuery, QueryObserver } from './query-observer.ts'
import type { RotatingPool } from './rotating-pool.ts'
import { type PreparedStatement, prepareStatement, type Statement } from './statement.ts'

/** The answer is to be written when the query has been given up: so much of the remaining time is left for that. */
const MARGIN_MILLISECONDS = 250
const MARGIN_SHARE = 0.1
const FIRST_PAUSE_MILLISECONDS = 4
/** A success that is not older proves that the database is there; nobody needs to ask it again. */
const FRESH_MILLISECONDS = 1000

export type AnyStatement = Statement<never, never, unknown>
/** Where a query runs: on whose behalf, and on which connection, if not on any. */
export interface Place {
  scope: RequestScope | undefined
  connection: Connection | undefined
}

export interface EngineOptions {
  /** The resource's name, for messages. */
  name: string
  pool: RotatingPool
  observer: QueryObserver
  isReadOnly: boolean
  /** What a query outside of any request may take. */
  defaultMilliseconds: number
}

interface Ready {
  driver: DriverQuery
  observed: ObservedQuery
}

/** Runs queries: on a connection of the pool, within the deadline, observed, and with errors that a client can act on. */
export class Engine {
  readonly system: DatabaseSystem
  readonly #name: string
  readonly #pool: RotatingPool
  readonly #observer: QueryObserver
  readonly #isReadOnly: boolean
  readonly #defaultMilliseconds: number
  readonly #statements = new WeakMap<AnyStatement, { prepared: PreparedStatement; observed: ObservedQuery }>()
  #succeededAt = Number.NEGATIVE_INFINITY

  constructor({ name, pool, observer, isReadOnly, defaultMilliseconds }: EngineOptions) {
    this.system = pool.current.system
    this.#name = name
    this.#pool = pool
    this.#observer = observer
    this.#isReadOnly = isReadOnly
    this.#defaultMilliseconds = defaultMilliseconds
  }

  execute(query: Compilable<unknown> | AnyStatement, parameters: unknown, { scope, connection }: Place): Promise<QueryResult> {
    const { driver, observed } = 'build' in query ? this.#fromStatement(query, parameters) : this.#fromBuilder(query)
    if (this.#isReadOnly && !driver.isRead) throw new TypeError(`${this.#name} is declared as read-only, and ${observed.spanName} would change it.`)
    const deadlineAt = this.deadlineOf(scope)
    return connection ? this.#onConnection(driver, observed, scope, connection, deadlineAt) : this.#anywhere(driver, observed, scope, deadlineAt)
  }

  /** On the clock of `performance.now`. */
  deadlineOf(scope: RequestScope | undefined): number {
    const remaining = scope ? scope.remainingTime : this.#defaultMilliseconds
    return performance.now() + remaining - Math.min(MARGIN_MILLISECONDS, remaining * MARGIN_SHARE)
  }

  /** Runs `work` in a transaction; again, when it lost to another one, for as long as there is time. */
  transaction<Result>(begin: readonly string[], work: (connection: Connection) => Promise<Result>, scope: RequestScope | undefined): Promise<Result> {
    return this.#untilWon(this.deadlineOf(scope), () => this.#attempt(begin, work, scope))
  }

  /** Resolves when the database answers. */
  async check(): Promise<void> {
    const now = performance.now()
    if (now - this.#succeededAt < FRESH_MILLISECONDS) return
    await this.#borrow('read', now + FRESH_MILLISECONDS, (connection) => connection.execute(PING, now + FRESH_MILLISECONDS))
  }

  #fromStatement(statement: AnyStatement, parameters: unknown): Ready {
    const { prepared, observed } = this.#statements.get(statement) ?? this.#prepare(statement)
    return { driver: { sql: prepared.sql, parameters: prepared.valuesOf(parameters), isRead: prepared.isRead, name: prepared.name }, observed }
  }

  #prepare(statement: AnyStatement) {
    const prepared = prepareStatement(statement, this.system)
    const entry = { prepared, observed: this.#observer.observed(prepared, this.system) }
    this.#statements.set(statement, entry)
    return entry
  }

  #fromBuilder(query: Compilable<unknown>): Ready {
    const compiled: CompiledQuery = query.compile()
    const description = { sql: compiled.sql, ...describeQuery(compiled) }
    return {
      driver: { sql: compiled.sql, parameters: compiled.parameters, isRead: description.isRead, name: undefined },
      observed: this.#observer.observed(description, this.system),
    }
  }

  async #onConnection(
    driver: DriverQuery,
    observed: ObservedQuery,
    scope: RequestScope | undefined,
    connection: Connection,
    deadlineAt: number,
  ): Promise<QueryResult> {
    try {
      return await this.#observer.run(observed, scope, () => connection.execute(driver, deadlineAt))
    } catch (error) {
      throw toServiceError(this.#name, error)
    }
  }

  async #anywhere(driver: DriverQuery, observed: ObservedQuery, scope: RequestScope | undefined, deadlineAt: number): Promise<QueryResult> {
    const purpose = driver.isRead ? 'read' : 'write'
    const attempt = () =>
      this.#observer.run(observed, scope, () => this.#borrow(purpose, deadlineAt, (connection) => connection.execute(driver, deadlineAt)))
    try {
      return await (driver.isRead ? attempt() : this.#untilWon(deadlineAt, attempt))
    } catch (error) {
      throw toServiceError(this.#name, error)
    }
  }

  /** Runs `work` on a connection of the pool, which gets it back whatever happens. */
  async #borrow<Result>(purpose: 'read' | 'write', deadlineAt: number, work: (connection: Connection) => Promise<Result>): Promise<Result> {
    try {
      const connection = await this.#pool.acquire(purpose, deadlineAt)
      const result = await settle(connection, () => work(connection))
      this.#succeededAt = performance.now()
      return result
    } catch (error) {
      if (isConnectionLost(error)) this.#succeededAt = Number.NEGATIVE_INFINITY
      throw error
    }
  }

  async #attempt<Result>(
    begin: readonly string[],
    work: (connection: Connection) => Promise<Result>,
    scope: RequestScope | undefined,
  ): Promise<Result> {
    const deadlineAt = this.deadlineOf(scope)
    const command = (connection: Connection, sql: string) => {
      const observed = this.#observer.observed({ sql, operation: sql.split(' ', 1)[0] as string, table: '', isRead: false }, this.system)
      return this.#observer.run(observed, scope, () => connection.execute(commandOf(sql), deadlineAt))
    }
    try {
      return await this.#borrow('write', deadlineAt, async (connection) => {
        for (const sql of begin) await command(connection, sql)
        try {
          const result = await work(connection)
          await command(connection, 'COMMIT')
          return result
        } catch (error) {
          await rollBack(connection, error)
          throw error
        }
      })
    } catch (error) {
      throw toServiceError(this.#name, error)
    }
  }

  async #untilWon<Result>(deadlineAt: number, work: () => Promise<Result>): Promise<Result> {
    for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause *= 2) {
      try {
        return await work()
      } catch (error) {
        if (databaseErrorKind(causeOf(error)) !== 'lost' || performance.now() + pause >= deadlineAt) throw error
      }
      await sleep(pause / 2 + (Math.random() * pause) / 2)
    }
  }
}

const commandOf = (sql: string): DriverQuery => ({ sql, parameters: [], isRead: false, name: undefined })
const PING: DriverQuery = { ...commandOf('SELECT 1'), isRead: true }

async function settle<Result>(connection: Connection, work: () => Promise<Result>): Promise<Result> {
  try {
    const result = await work()
    connection.release()
    return result
  } catch (error) {
    if (isConnectionLost(error)) connection.destroy()
    else connection.release()
    throw error
  }
}

/** A connection that can't roll back is closed, which rolls back too. */
async function rollBack(connection: Connection, error: unknown): Promise<void> {
  if (isConnectionLost(error)) return
  try {
    await connection.execute(commandOf('ROLLBACK'), performance.now() + MARGIN_MILLISECONDS)
  } catch {
    connection.destroy()
  }
}

function isConnectionLost(error: unknown): boolean {
  const cause = causeOf(error)
  return cause instanceof QueryTimeout || databaseErrorKind(cause) === 'unavailable'
}

/** The driver's error behind what a handler was thrown. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error
}
