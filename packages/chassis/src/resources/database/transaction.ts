import { commandOf, type DriverQuery, type Executor, type QueryResult, QueryTimeout } from './connection.ts'
import { isBroken } from './database-error.ts'
import type { Lease } from './lease.ts'

const ROLLBACK_MILLISECONDS = 1000

/**
 * The queries of a transaction, one after the other. The first one that fails, fails the transaction, even where its error is caught: PostgreSQL takes
 * nothing more then, and would answer COMMIT with a rollback; MariaDB would commit what stands behind a deadlock, without what stands before it.
 */
export class Transaction implements Executor {
  readonly #lease: Lease
  #last: Promise<unknown> = Promise.resolve()
  #isOver = false
  /** The driver's error that the transaction failed with; undefined while it is good. */
  failure: unknown

  constructor(lease: Lease) {
    this.#lease = lease
  }

  /** @throws {TypeError} once the transaction is over: what comes later would run behind its end, and stand by itself. */
  execute(query: DriverQuery, deadlineAt: number): Promise<QueryResult> {
    if (this.#isOver) throw new TypeError('The transaction is over; await every query of it before it ends.')
    return this.#enqueue(query, deadlineAt)
  }

  /** Behind all that was asked until now, and before nothing. */
  commit(deadlineAt: number): Promise<QueryResult> {
    this.#isOver = true
    return this.#enqueue(commandOf('COMMIT'), deadlineAt)
  }

  #enqueue(query: DriverQuery, deadlineAt: number): Promise<QueryResult> {
    const result = this.#last.then(() => this.#execute(query, deadlineAt))
    this.#last = result.catch(() => {})
    return result
  }

  /** After a failure. A connection that can't roll back is closed, which rolls back too. */
  async rollBack(): Promise<void> {
    this.#isOver = true
    await this.#last
    if (isBroken(this.failure)) return
    try {
      await this.#lease.execute(commandOf('ROLLBACK'), performance.now() + ROLLBACK_MILLISECONDS)
    } catch {
      this.#lease.destroy()
    }
  }

  async #execute(query: DriverQuery, deadlineAt: number): Promise<QueryResult> {
    if (this.failure !== undefined) throw this.failure
    try {
      if (performance.now() >= deadlineAt) throw new QueryTimeout()
      return await this.#lease.execute(query, deadlineAt)
    } catch (error) {
      this.failure = error
      this.#lease.blame(error)
      throw error
    }
  }
}
