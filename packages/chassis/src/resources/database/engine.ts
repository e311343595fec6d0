import { setTimeout as sleep } from 'node:timers/promises'
import type { RequestScope } from '../../definition/resource.ts'
import { afterwards } from '../afterwards.ts'
import { commandOf, type DatabaseSystem, type DriverQuery, type Executor, type QueryResult, QueryTimeout } from './connection.ts'
import { isBroken, isLost, toServiceError } from './database-error.ts'
import { describeQuery } from './describe-query.ts'
import { Lease } from './lease.ts'
import { compileQuery, type Query } from './query-builder.ts'
import type { ObservedQuery, QueryObserver } from './query-observer.ts'
import type { RotatingPool } from './rotating-pool.ts'
import { type PreparedStatement, prepareStatement, type Statement } from './statement.ts'
import { Transaction } from './transaction.ts'

/** The answer is to be written when the query has been given up: so much of the remaining time is left for that. */
const MARGIN_MILLISECONDS = 250
const MARGIN_SHARE = 0.25
const FIRST_PAUSE_MILLISECONDS = 4
/** A check is over before whoever asked gives up. */
const CHECK_MILLISECONDS = 900

export type AnyStatement = Statement<never, never, unknown>
/** Where a query runs: on whose behalf, and in which transaction, if in any. */
export interface Place {
  scope: RequestScope | undefined
  transaction: Executor | undefined
}

export interface TransactionPlace {
  scope: RequestScope | undefined
  /** Whether the work may be done again after it lost to another transaction. */
  isRepeatable: boolean
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
  /** Whether a query has succeeded since the last check, and none has found the database away. */
  #isProven = false

  constructor({ name, pool, observer, isReadOnly, defaultMilliseconds }: EngineOptions) {
    this.system = pool.current.system
    this.#name = name
    this.#pool = pool
    this.#observer = observer
    this.#isReadOnly = isReadOnly
    this.#defaultMilliseconds = defaultMilliseconds
  }

  execute(query: Query | AnyStatement, parameters: unknown, { scope, transaction }: Place): QueryResult | Promise<QueryResult> {
    const { driver, observed } = 'build' in query ? this.#fromStatement(query, parameters) : this.#fromBuilder(query)
    if (this.#isReadOnly && !driver.isRead) throw new TypeError(`${this.#name} is declared as read-only, and ${observed.spanName} would change it.`)
    const startedAt = performance.now()
    const deadlineAt = this.#deadlineOf(scope, startedAt)
    // Its client has had its answer, or gets it before this would be done.
    if (startedAt >= deadlineAt) return this.#fail(new QueryTimeout())
    const run = transaction
      ? () => transaction.execute(driver, deadlineAt)
      : () => this.#borrow(driver.isRead ? 'read' : 'write', deadlineAt, (lease) => lease.execute(driver, deadlineAt))
    const attempt = () => this.#observer.run(observed, scope, run)
    // A transaction is repeated as a whole.
    const onError = (error: unknown) => (transaction ? this.#fail(error) : untilWon(attempt, deadlineAt, error).catch((last) => this.#fail(last)))
    return afterwards(attempt, sameResult, onError)
  }

  /** Runs `work` in a transaction; again, when it lost to another one, for as long as there is time. */
  async transaction<Result>(
    begin: readonly string[],
    work: (transaction: Executor) => Promise<Result>,
    { scope, isRepeatable }: TransactionPlace,
  ): Promise<Result> {
    const deadlineAt = this.#deadlineOf(scope, performance.now())
    const observe = (sql: string, run: () => Promise<QueryResult>) => {
      const description = { sql, operation: sql.split(' ', 1)[0] as string, table: '', isRead: false }
      return this.#observer.run(this.#observer.observed(description, this.system), scope, run)
    }
    const attempt = (lease: Lease) =>
      inTransaction(new Transaction(lease), async (transaction) => {
        for (const sql of begin) await observe(sql, () => transaction.execute(commandOf(sql), deadlineAt))
        const result = await work(transaction)
        await observe('COMMIT', () => transaction.commit(deadlineAt))
        return result
      })
    const run = async () => this.#borrow('write', deadlineAt, attempt)
    try {
      return await (isRepeatable ? run().catch((error: unknown) => untilWon(run, deadlineAt, error)) : run())
    } catch (error) {
      throw error instanceof WorkError ? error.cause : this.#fail(error)
    }
  }

  /** Resolves when the database answers, or has answered to somebody since this was last called: every second. */
  async check(): Promise<void> {
    const isProven = this.#isProven
    this.#isProven = false
    if (isProven) return
    const deadlineAt = performance.now() + CHECK_MILLISECONDS
    await this.#borrow('read', deadlineAt, (lease) => lease.execute({ ...commandOf('SELECT 1'), isRead: true }, deadlineAt))
  }

  /** On the clock of `performance.now`. */
  #deadlineOf(scope: RequestScope | undefined, now: number): number {
    const remaining = scope ? scope.remainingTime : this.#defaultMilliseconds
    return now + remaining - Math.min(MARGIN_MILLISECONDS, remaining * MARGIN_SHARE)
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

  #fromBuilder(query: Query): Ready {
    const compiled = compileQuery(query, this.system)
    const description = { sql: compiled.sql, ...describeQuery(compiled) }
    return {
      driver: { sql: compiled.sql, parameters: compiled.parameters, isRead: description.isRead, name: undefined },
      observed: this.#observer.observed(description, this.system),
    }
  }

  /** Runs `work` on a connection of the pool, which gets it back whatever happens. */
  #borrow<Result>(purpose: 'read' | 'write', deadlineAt: number, work: (lease: Lease) => Result | Promise<Result>): Result | Promise<Result> {
    const lease = this.#pool.lend(purpose, deadlineAt)
    if (lease instanceof Lease) return this.#use(lease, work)
    return lease.then(
      (lent) => this.#use(lent, work),
      (error: unknown) => this.#distrust(error),
    )
  }

  #use<Result>(lease: Lease, work: (lease: Lease) => Result | Promise<Result>): Result | Promise<Result> {
    return afterwards(
      () => work(lease),
      (result) => {
        lease.release()
        this.#isProven = true
        return result
      },
      (error) => {
        lease.blame(error)
        lease.release()
        return this.#distrust(error)
      },
    )
  }

  /** After a failure that may be the database's, the next check asks it. */
  #distrust(error: unknown): never {
    if (isBroken(error)) this.#isProven = false
    throw error
  }

  #fail(error: unknown): never {
    throw toServiceError(this.#name, error)
  }
}

/** What the service's own part of a transaction threw, which is no error of the database. */
class WorkError extends Error {
  constructor(cause: unknown) {
    super('', { cause })
  }
}

async function inTransaction<Result>(transaction: Transaction, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  try {
    return await work(transaction)
  } catch (error) {
    await transaction.rollBack()
    const { failure } = transaction
    // The service may have made an error of its own out of the database's; only one that asks for another attempt stays what it is.
    throw failure !== undefined && (error === failure || isLost(failure)) ? failure : new WorkError(error)
  }
}

const sameResult = (result: QueryResult) => result

/** Does again what failed with `error`, for as long as it loses and there is time. */
async function untilWon<Result>(work: () => Result | Promise<Result>, deadlineAt: number, error: unknown): Promise<Result> {
  let failure = error
  for (let pause = FIRST_PAUSE_MILLISECONDS; isLost(failure) && performance.now() + pause < deadlineAt; pause *= 2) {
    await sleep(pause / 2 + (Math.random() * pause) / 2)
    try {
      return await work()
    } catch (next) {
      failure = next
    }
  }
  throw failure
}
