import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../resources/database/database-handle.ts'
import { type Statement, statement } from '../resources/database/statement.ts'

// A collection is told its table's name, not its type.
// biome-ignore lint/suspicious/noExplicitAny: any is what Kysely takes for tables that are not known.
type AnyTables = any
type Parameters = Readonly<Record<string, unknown>>
type AnyStatement = Statement<AnyTables, Parameters, StoredRow>

/** A row as it is stored: the collection's own columns, and the service's. */
export type StoredRow = Record<string, unknown> & {
  /** Counts up in the order of insertion. */
  position: number
  /** New at each change; it makes the entity tag. */
  revision: string
}

export interface StoreOptions {
  table: string
  /** The column of the key. */
  key: string
  /** The service's own columns. */
  columns: readonly string[]
}

/** How many rows one INSERT carries when there are many. */
const ROWS_AT_ONCE = 250

/** The statements of a collection, each put together once. */
export class Store {
  readonly #options: StoreOptions
  readonly #find: AnyStatement
  readonly #insert: AnyStatement
  readonly #update: AnyStatement
  readonly #updateRevision: AnyStatement
  readonly #remove: AnyStatement
  readonly #removeRevision: AnyStatement

  constructor(options: StoreOptions) {
    const { table, key, columns } = options
    const define = (build: (query: Kysely<AnyTables>, values: Parameters) => unknown) => statement(build as AnyStatement['build'])
    const valuesOf = (values: Parameters, names: readonly string[]) => Object.fromEntries(names.map((name) => [name, values[name]]))
    const update = (query: Kysely<AnyTables>, values: Parameters) =>
      query
        .updateTable(table)
        .set(valuesOf(values, ['revision', ...columns]))
        .where(key, '=', values[key])
    const remove = (query: Kysely<AnyTables>, values: Parameters) => query.deleteFrom(table).where(key, '=', values[key])
    this.#options = options
    this.#find = define((query, values) => query.selectFrom(table).selectAll().where(key, '=', values[key]))
    this.#insert = define((query, values) => query.insertInto(table).values(valuesOf(values, [key, 'revision', ...columns])))
    this.#update = define(update)
    this.#updateRevision = define((query, values) => update(query, values).where('revision', '=', values.expected))
    this.#remove = define(remove)
    this.#removeRevision = define((query, values) => remove(query, values).where('revision', '=', values.expected))
  }

  find(db: Database<AnyTables>, key: string): Promise<StoredRow | undefined> {
    return db.first(this.#find, { [this.#options.key]: key })
  }

  /** Returns the revision. @throws {ServiceError} `conflict` when the key exists */
  async insert(db: Database<AnyTables>, key: string, row: Parameters): Promise<string> {
    const revision = randomUUID()
    await db.run(this.#insert, { ...row, [this.#options.key]: key, revision })
    return revision
  }

  async insertMany(db: Database<AnyTables>, rows: readonly (readonly [key: string, row: Parameters])[]): Promise<void> {
    const { table, key: keyColumn } = this.#options
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
      const values = rows.slice(start, start + ROWS_AT_ONCE).map(([key, row]) => ({ ...row, [keyColumn]: key, revision: randomUUID() }))
      await db.run(db.query.insertInto(table).values(values))
    }
  }

  /** Returns the new revision; undefined when nothing is stored there, or no longer at the revision that was expected. */
  async update(db: Database<AnyTables>, key: string, row: Parameters, expected: string | undefined): Promise<string | undefined> {
    const revision = randomUUID()
    const values = { ...row, [this.#options.key]: key, revision, expected }
    const found = await db.run(expected === undefined ? this.#update : this.#updateRevision, values)
    return found > 0 ? revision : undefined
  }

  /** Whether there was something to remove, at the revision that was expected. */
  async remove(db: Database<AnyTables>, key: string, expected: string | undefined): Promise<boolean> {
    return (await db.run(expected === undefined ? this.#remove : this.#removeRevision, { [this.#options.key]: key, expected })) > 0
  }
}
