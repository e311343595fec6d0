import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { type Statement, statement } from '../resources/database/statement.ts'
import type { AnyDatabase, AnyTables, Values } from './any-database.ts'

type AnyStatement = Statement<AnyTables, Values, StoredRow>

/** A row as it is read by its key: the service's columns, and what makes the entity tag. */
export type StoredRow = Record<string, unknown> & {
  /** New at each change. */
  revision: string
}

export interface RowStoreOptions {
  table: string
  /** The column of the key. */
  key: string
  /** The service's own columns. */
  columns: readonly string[]
  /** Those of them that objects are made of. */
  readColumns: readonly string[]
}

/** How many rows one INSERT carries when there are many, which saves round trips. */
const ROWS_AT_ONCE = 100
/** What the names of their values end with. */
const SUFFIXES = Array.from({ length: ROWS_AT_ONCE }, (_, index) => ` ${index}`)

/** A collection's rows, by their keys, through statements that are put together once. */
export class RowStore {
  readonly #options: RowStoreOptions
  readonly #find: AnyStatement
  readonly #findLocked: AnyStatement
  readonly #insert: AnyStatement
  readonly #insertMany: AnyStatement
  readonly #update: AnyStatement
  readonly #remove: AnyStatement

  constructor(options: RowStoreOptions) {
    const { table, key, columns, readColumns } = options
    const define = (build: (query: Kysely<AnyTables>, values: Values) => unknown) => statement(build as AnyStatement['build'])
    const valuesOf = (values: Values, names: readonly string[], suffix = '') => Object.fromEntries(names.map((name) => [name, values[name + suffix]]))
    const all = [key, 'revision', ...columns]
    const find = (query: Kysely<AnyTables>, values: Values) =>
      query
        .selectFrom(table)
        .select([key, 'revision', ...readColumns])
        .where(key, '=', values[key])
    this.#options = options
    this.#find = define(find)
    this.#findLocked = define((query, values) => find(query, values).forUpdate())
    this.#insert = define((query, values) => query.insertInto(table).values(valuesOf(values, all)))
    this.#insertMany = define((query, values) => query.insertInto(table).values(SUFFIXES.map((suffix) => valuesOf(values, all, suffix))))
    this.#update = define((query, values) =>
      query
        .updateTable(table)
        .set(valuesOf(values, ['revision', ...columns]))
        .where(key, '=', values[key]),
    )
    this.#remove = define((query, values) => query.deleteFrom(table).where(key, '=', values[key]))
  }

  find(db: AnyDatabase, key: string): Promise<StoredRow | undefined> {
    return db.first(this.#find, { [this.#options.key]: key })
  }

  /** Keeps it from being changed by others until the transaction ends. On SQLite a transaction has the whole file to itself. */
  findLocked(transaction: AnyDatabase, key: string): Promise<StoredRow | undefined> {
    return transaction.first(transaction.system === 'sqlite' ? this.#find : this.#findLocked, { [this.#options.key]: key })
  }

  /** Returns the revision. @throws {ServiceError} `conflict` when the key exists */
  async insert(db: AnyDatabase, key: string, row: Values): Promise<string> {
    const revision = randomUUID()
    await db.run(this.#insert, { ...row, [this.#options.key]: key, revision })
    return revision
  }

  /** @throws {ServiceError} `conflict` when a key exists */
  async insertMany(db: AnyDatabase, rows: readonly (readonly [key: string, row: Values])[]): Promise<void> {
    let start = 0
    for (; start + ROWS_AT_ONCE <= rows.length; start += ROWS_AT_ONCE) {
      const values: Record<string, unknown> = {}
      for (const [index, suffix] of SUFFIXES.entries()) {
        const [key, row] = rows[start + index] as readonly [string, Values]
        for (const name of this.#options.columns) values[name + suffix] = row[name]
        values[this.#options.key + suffix] = key
        values[`revision${suffix}`] = randomUUID()
      }
      await db.run(this.#insertMany, values)
    }
    for (const [key, row] of rows.slice(start)) await this.insert(db, key, row)
  }

  /** Returns the new revision; undefined when nothing is stored there. */
  async update(db: AnyDatabase, key: string, row: Values): Promise<string | undefined> {
    const revision = randomUUID()
    const found = await db.run(this.#update, { ...row, [this.#options.key]: key, revision })
    return found > 0 ? revision : undefined
  }

  /** Whether there was something to remove. */
  async remove(db: AnyDatabase, key: string): Promise<boolean> {
    return (await db.run(this.#remove, { [this.#options.key]: key })) > 0
  }
}
