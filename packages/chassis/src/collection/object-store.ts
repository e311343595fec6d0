import { ServiceError } from '../definition/service-error.ts'
import { inputErrors } from '../http/input-errors.ts'
import type { AnyDatabase, Values } from './any-database.ts'
import type { CollectionDefinition } from './collection.ts'
import type { PagePosition } from './cursor.ts'
import { PageQueries, type PageRequest } from './page.ts'
import { checkPreconditions, isConditional, type Preconditions } from './preconditions.ts'
import { RowStore, type StoredRow } from './row-store.ts'

/** An object and the entity tag of its current state. */
export interface Stored<Output> {
  key: string
  object: Output
  etag: string
}

export interface Page<Output> {
  objects: Output[]
  /** Where the next page starts; undefined where there is none. */
  next: PagePosition | undefined
}

/** How often it is tried to replace or create an object that others keep creating and removing. */
const ATTEMPTS = 10
/** How many rows are read at once when all are wanted. */
const BATCH = 500

/** A collection's objects in its database. Every change is one statement, or one transaction where the service adds to it. */
export class ObjectStore<Input, Output extends object> {
  readonly #definition: CollectionDefinition<Input, Output, object>
  readonly #rows: RowStore
  readonly #pages: PageQueries

  constructor(definition: CollectionDefinition<Input, Output, object>) {
    const { table, key, columns, searchColumns = [], filters = {}, sorts = {} } = definition
    const readColumns = columns.filter((column) => !(searchColumns as readonly string[]).includes(column))
    this.#definition = definition
    this.#rows = new RowStore({ table, key, columns, readColumns })
    this.#pages = new PageQueries({ table, key, readColumns, filters, sorts })
  }

  async page(db: AnyDatabase, request: PageRequest): Promise<Page<Output>> {
    const rows = await db.all(...this.#pages.read(request))
    const isLast = rows.length <= request.limit
    if (!isLast) rows.pop()
    const last = rows.at(-1)
    return {
      objects: rows.map((row) => this.#toObject(row)),
      next: isLast || last === undefined ? undefined : this.#pages.positionOf(request.sort, last),
    }
  }

  /** Every object, in the order of insertion, read in batches, so that no connection is held and little memory is needed. */
  async *all(db: AnyDatabase): AsyncGenerator<Output> {
    let after: PagePosition | undefined
    do {
      const { objects, next }: Page<Output> = await this.page(db, { limit: BATCH, sort: undefined, after, given: {} })
      yield* objects
      after = next
    } while (after)
  }

  find(db: AnyDatabase, key: string): Promise<Stored<Output> | undefined> {
    return this.#rows.find(db, key).then((row) => row && this.#toStored(key, row))
  }

  /** @throws {ServiceError} `not_found` */
  get(db: AnyDatabase, key: string): Promise<Stored<Output>> {
    return this.#rows.find(db, key).then((row) => (row ? this.#toStored(key, row) : this.#missing(key)))
  }

  /** @throws {ServiceError} `conflict` when the key exists */
  async create(db: AnyDatabase, key: string, input: Input): Promise<Stored<Output>> {
    const columns = this.#definition.toColumns(input)
    const object = this.#definition.toObject(key, columns)
    const revision = await this.#change(db, key, object, (place) => this.#insert(place, key, columns))
    return { key, object, etag: etagOf(revision) }
  }

  /** Many at once, in the transaction that is given. @throws {ServiceError} `conflict` when a key exists */
  async createMany(transaction: AnyDatabase, inputs: readonly Input[]): Promise<void> {
    const { toColumns, toObject, onChange } = this.#definition
    const rows = inputs.map((input) => [this.keyFor(input), toColumns(input)] as const)
    await this.#rows.insertMany(transaction, rows as [string, Values][])
    if (onChange) for (const [key, columns] of rows) await onChange(transaction, key, toObject(key, columns))
  }

  /**
   * Puts an object in the place of the one that is there, or, where the collection allows that, where none is.
   *
   * @throws {ServiceError} `not_found`; `precondition_failed`
   */
  async replace(db: AnyDatabase, key: string, input: Input, preconditions: Preconditions): Promise<Stored<Output> & { isNew: boolean }> {
    const columns = this.#definition.toColumns(input)
    const object = this.#definition.toObject(key, columns)
    // Between the two steps somebody else may create it, and remove it again before the next attempt.
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const revision = await this.#whenMet(db, key, preconditions, (place) => this.#update(place, key, columns, object))
      if (revision !== undefined) return { key, object, etag: etagOf(revision), isNew: false }
      if (!this.#definition.createsByPut) return this.#missing(key)
      checkPreconditions(preconditions, undefined)
      const created = await this.create(db, key, input).catch(unlessConflict)
      if (created) return { ...created, isNew: true }
    }
    throw new ServiceError('conflict', 'Others keep creating and removing it at the same time; try again.', { retryAfter: 1 })
  }

  /** Changes an object from what it is now; nobody else changes it in the meantime. @throws {ServiceError} `not_found`; `precondition_failed` */
  update(db: AnyDatabase, key: string, preconditions: Preconditions, change: (object: Output) => Input): Promise<Stored<Output>> {
    return db.transaction(async (transaction) => {
      const row = (await this.#rows.findLocked(transaction, key)) ?? this.#missing(key)
      checkPreconditions(preconditions, etagOf(row.revision))
      const columns = this.#definition.toColumns(change(this.#toObject(row)))
      const object = this.#definition.toObject(key, columns)
      const revision = (await this.#update(transaction, key, columns, object)) ?? this.#missing(key)
      return { key, object, etag: etagOf(revision) }
    })
  }

  /** @throws {ServiceError} `not_found`; `precondition_failed` */
  async remove(db: AnyDatabase, key: string, preconditions: Preconditions): Promise<void> {
    const work = (place: AnyDatabase) => this.#change(place, key, undefined, (inner) => this.#rows.remove(inner, key))
    if (!(await this.#whenMet(db, key, preconditions, work))) return this.#missing(key)
  }

  /** The key that an object is stored under: its own, or a new one. @throws {ServiceError} `validation_failed` when it has none and must have one */
  keyFor(input: Input): string {
    const { key: member, keyOf, newKey } = this.#definition
    const key = keyOf(input) ?? newKey?.()
    if (key === undefined) throw inputErrors('validation_failed', [{ path: `body.${member}`, message: 'It must be given' }])
    return key
  }

  /** Runs `work` on an object that is as the client wants it to be, and stays so until the end; undefined where there is none. */
  #whenMet<Result>(
    db: AnyDatabase,
    key: string,
    preconditions: Preconditions,
    work: (place: AnyDatabase) => Promise<Result>,
  ): Promise<Result | undefined> {
    if (!isConditional(preconditions)) return work(db)
    return db.transaction(async (transaction) => {
      const row = await this.#rows.findLocked(transaction, key)
      if (!row) return undefined
      checkPreconditions(preconditions, etagOf(row.revision))
      return work(transaction)
    })
  }

  /** Where something is changed and the service adds to it, both are done or neither. */
  #change<Result>(db: AnyDatabase, key: string, object: Output | undefined, work: (place: AnyDatabase) => Promise<Result>): Promise<Result> {
    const { onChange } = this.#definition
    if (!onChange) return work(db)
    return db.transaction(async (transaction) => {
      const result = await work(transaction)
      if (result) await onChange(transaction, key, object)
      return result
    })
  }

  async #insert(db: AnyDatabase, key: string, columns: object): Promise<string> {
    try {
      return await this.#rows.insert(db, key, columns as Values)
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'conflict') throw error
      throw new ServiceError('conflict', `There is a ${this.#definition.name} ${JSON.stringify(key)} already.`, { cause: error.cause })
    }
  }

  #update(db: AnyDatabase, key: string, columns: object, object: Output): Promise<string | undefined> {
    return this.#change(db, key, object, (place) => this.#rows.update(place, key, columns as Values))
  }

  #toStored(key: string, row: StoredRow): Stored<Output> {
    return { key, object: this.#toObject(row), etag: etagOf(row.revision) }
  }

  #toObject(row: Readonly<Record<string, unknown>>): Output {
    const { key, toObject } = this.#definition
    return toObject(row[key] as string, row)
  }

  #missing(key: string): never {
    throw new ServiceError('not_found', `There is no ${this.#definition.name} ${JSON.stringify(key)}.`)
  }
}

const etagOf = (revision: string) => `"${revision}"`

function unlessConflict(error: unknown): undefined {
  if (error instanceof ServiceError && error.code === 'conflict') return undefined
  throw error
}
