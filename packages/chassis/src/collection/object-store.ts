import { ServiceError } from '../definition/service-error.ts'
import { checkIfMatch } from '../http/etag.ts'
import type { AnyDatabase, CollectionDefinition } from './collection.ts'
import type { PagePosition } from './cursor.ts'
import { type AnyRow, PageQueries, type PageRequest } from './page.ts'
import { Store, type StoredRow } from './store.ts'

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

/** How often a change is tried that others keep overtaking. */
const ATTEMPTS = 10
/** How many rows are read at once when all are wanted. */
const BATCH = 500

/** A collection's objects in its database. Every change is one statement, or one transaction where the service adds to it. */
export class ObjectStore<Input, Output extends object> {
  readonly #definition: CollectionDefinition<Input, Output, object>
  readonly #rows: Store
  readonly #pages: PageQueries

  constructor(definition: CollectionDefinition<Input, Output, object>) {
    const { table, key, columns, filters = {}, sorts = {} } = definition
    this.#definition = definition
    this.#rows = new Store({ table, key, columns })
    this.#pages = new PageQueries({ table, filters, sorts })
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

  async find(db: AnyDatabase, key: string): Promise<Stored<Output> | undefined> {
    const row = await this.#rows.find(db, key)
    return row && { key, object: this.#toObject(row), etag: etagOf(row.revision) }
  }

  /** @throws {ServiceError} `not_found` */
  async get(db: AnyDatabase, key: string): Promise<Stored<Output>> {
    return (await this.find(db, key)) ?? this.#missing(key)
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
    await this.#rows.insertMany(transaction, rows as [string, Record<string, unknown>][])
    if (onChange) for (const [key, columns] of rows) await onChange(transaction, key, toObject(key, columns))
  }

  /**
   * Puts an object in the place of the one that is there, or, where the collection allows that, where none is.
   *
   * @throws {ServiceError} `not_found`; `precondition_failed` when `If-Match` does not name what is there
   */
  async replace(db: AnyDatabase, key: string, input: Input, ifMatch: string | undefined): Promise<Stored<Output> & { isNew: boolean }> {
    const columns = this.#definition.toColumns(input)
    const object = this.#definition.toObject(key, columns)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const expected = ifMatch === undefined ? undefined : await this.#expectedRevision(db, key, ifMatch)
      const revision = await this.#change(db, key, object, (place) => this.#rows.update(place, key, columns as Record<string, unknown>, expected))
      if (revision !== undefined) return { key, object, etag: etagOf(revision), isNew: false }
      if (ifMatch !== undefined) continue
      if (!this.#definition.createsByPut) return this.#missing(key)
      const created = await this.create(db, key, input).catch(unlessConflict)
      if (created) return { ...created, isNew: true }
    }
    throw overtaken()
  }

  /** Changes an object from what it is now; `change` is called again when somebody else was faster. */
  async update(db: AnyDatabase, key: string, ifMatch: string | undefined, change: (object: Output) => Input): Promise<Stored<Output>> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const row = (await this.#rows.find(db, key)) ?? this.#missing(key)
      checkIfMatch(ifMatch, etagOf(row.revision))
      const columns = this.#definition.toColumns(change(this.#toObject(row)))
      const object = this.#definition.toObject(key, columns)
      const revision = await this.#change(db, key, object, (place) => this.#rows.update(place, key, columns as Record<string, unknown>, row.revision))
      if (revision !== undefined) return { key, object, etag: etagOf(revision) }
    }
    throw overtaken()
  }

  /** @throws {ServiceError} `not_found`; `precondition_failed` when `If-Match` does not name what is there */
  async remove(db: AnyDatabase, key: string, ifMatch: string | undefined): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const expected = ifMatch === undefined ? undefined : await this.#expectedRevision(db, key, ifMatch)
      const isRemoved = await this.#change(db, key, undefined, (place) => this.#rows.remove(place, key, expected))
      if (isRemoved) return
      if (ifMatch === undefined) this.#missing(key)
    }
    throw overtaken()
  }

  /** The key that an object is stored under: its own, or a new one. */
  keyFor(input: Input): string {
    const key = this.#definition.keyOf(input) ?? this.#definition.newKey?.()
    if (key === undefined) throw new TypeError(`A ${this.#definition.name} has no key, and the collection makes none.`)
    return key
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
      return await this.#rows.insert(db, key, columns as Record<string, unknown>)
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'conflict') throw error
      throw new ServiceError('conflict', `There is a ${this.#definition.name} ${JSON.stringify(key)} already.`, { cause: error.cause })
    }
  }

  async #expectedRevision(db: AnyDatabase, key: string, ifMatch: string): Promise<string> {
    const row = await this.#rows.find(db, key)
    if (!row && !this.#definition.createsByPut) return this.#missing(key)
    checkIfMatch(ifMatch, row && etagOf(row.revision))
    return (row as StoredRow).revision
  }

  #toObject(row: StoredRow | AnyRow): Output {
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

function overtaken(): ServiceError {
  return new ServiceError('conflict', 'Others keep changing it at the same time; try again.', { retryAfter: 1 })
}
