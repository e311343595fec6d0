import type { Kysely } from 'kysely'
import type { RequestScope } from '../../definition/resource.ts'
import type { DatabaseSystem, Executor, QueryResult } from './connection.ts'
import type { AnyStatement, Engine, Place } from './engine.ts'
import { type Query, queryBuilder } from './query-builder.ts'
import type { Statement } from './statement.ts'

export interface TransactionOptions {
  /** Whether `work` can be run again; not, when it reads what can be read once. @default true */
  isRepeatable?: boolean
  /** @default the database's own */
  isolation?: 'read committed' | 'repeatable read' | 'serializable'
}

/** A query of Kysely's, text as sql`SELECT …`, or a statement with its values. */
type QueryArguments<Tables, Output, Parameters> =
  | [query: Query<Output>]
  | [statement: Statement<Tables, Parameters, Output>, parameters: NoInfer<Parameters>]

/**
 * A database, as handlers see it: `query` puts queries together, with the types of the service's tables, and `all`, `first` and `run` run them.
 * Within a request each of them ends before the request's deadline, is part of its trace, and throws what a client can act on:
 *
 * @throws {ServiceError} `resource_unavailable` (503) when the database is away or too slow, `conflict` (409) for a key that exists,
 * `validation_failed` (422) for a value that it can't hold.
 */
export class Database<Tables> {
  readonly #engine: Engine
  readonly #place: Place

  constructor(engine: Engine, scope?: RequestScope, transaction?: Executor) {
    this.#engine = engine
    this.#place = { scope, transaction }
  }

  /** What kind of database it is, for the rare query that has to know. */
  get system(): DatabaseSystem {
    return this.#engine.system
  }

  /** Kysely, to put a query together with. */
  get query(): Kysely<Tables> {
    return queryBuilder(this.#engine.system)
  }

  /** Every row. */
  all<Output, Parameters = never>(...query: QueryArguments<Tables, Output, Parameters>): Promise<Output[]> {
    return this.#execute(query, ({ rows }) => rows as Output[])
  }

  /** The first row, or undefined. */
  first<Output, Parameters = never>(...query: QueryArguments<Tables, Output, Parameters>): Promise<Output | undefined> {
    return this.#execute(query, ({ rows }) => rows[0] as Output | undefined)
  }

  /** Runs what changes something. Returns how many rows it inserted, deleted, or found to update. */
  run<Parameters = never>(...query: QueryArguments<Tables, unknown, Parameters>): Promise<number> {
    return this.#execute(query, ({ affectedRows }) => affectedRows)
  }

  /**
   * Runs `work` in a transaction: all of it is done, or nothing. It is run again when the database rolled it back because of another one
   * (serialisation, deadlock), as long as the request has time, so it must do nothing else that can't be repeated. A query that fails, fails the
   * whole, even where its error is caught.
   * Within a transaction, `work` becomes a part of that one. `work` must use the handle that it is given: any other waits for a connection of its
   * own, on SQLite until the deadline, for the only one that writes is in this transaction.
   */
  transaction<Result>(
    work: (transaction: Database<Tables>) => Promise<Result>,
    { isolation, isRepeatable = true }: TransactionOptions = {},
  ): Promise<Result> {
    const { scope, transaction: outer } = this.#place
    if (outer && isolation) throw new TypeError('The isolation of a transaction is chosen where it begins.')
    if (outer) return work(this)
    const begin = beginOf(this.#engine.system, isolation?.toUpperCase())
    const attempt = (transaction: Executor) => work(new Database(this.#engine, scope, transaction))
    return this.#engine.transaction(begin, attempt, { scope, isRepeatable })
  }

  /** No function of its own that waits: what SQLite has is there at once. */
  #execute<Result>([query, parameters]: readonly [query: unknown, parameters?: unknown], pick: (result: QueryResult) => Result): Promise<Result> {
    try {
      const result = this.#engine.execute(query as Query | AnyStatement, parameters, this.#place)
      return result instanceof Promise ? result.then(pick) : Promise.resolve(pick(result))
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

function beginOf(system: DatabaseSystem, isolation: string | undefined): readonly string[] {
  // A transaction that would only later want to write could fail then; SQLite's are serialisable as they are.
  if (system === 'sqlite') return ['BEGIN IMMEDIATE']
  if (isolation === undefined) return ['BEGIN']
  return system === 'postgresql' ? [`BEGIN ISOLATION LEVEL ${isolation}`] : [`SET TRANSACTION ISOLATION LEVEL ${isolation}`, 'BEGIN']
}
