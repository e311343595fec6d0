import type { z } from 'zod'
import type { Route } from '../definition/define-route.ts'
import type { Resource } from '../definition/resource.ts'
import type { AnyDatabase } from './any-database.ts'
import type { Filter } from './filter.ts'
import { createListRoute } from './list-route.ts'
import { createObjectRoutes } from './object-routes.ts'
import { ObjectStore } from './object-store.ts'
import type { SortColumn } from './page.ts'

/** What a collection's routes need of their service: a database named `db`. */
export type CollectionRoute = Route<Record<never, never>, { db: Resource<AnyDatabase> }, Record<never, never>>

/**
 * What a service fills in. `Input` is what clients send, `Output` what they get, `Columns` what the database holds of it, and `ReadColumns` what of
 * that objects are made of.
 */
export interface CollectionDefinition<Input, Output, Columns, ReadColumns = Columns> {
  /** One object, in the singular: passenger. */
  name: string
  /** `/passengers` */
  path: string
  /** Has the columns `position` (serial), `revision` (36 characters), the key, and those that `toColumns` gives. */
  table: string
  /** The name of the key: in paths, in objects, and of its column. */
  key: string & keyof Output
  /** Of the key in a path; what does not fit is a 400. */
  keySchema: z.ZodType<string>
  input: z.ZodType<Input>
  output: z.ZodType<Output>
  /** The key of an object that is sent; undefined where it has none. */
  keyOf(input: Input): string | undefined
  /** Makes a key for an object that has none. @default every object must have one */
  newKey?(): string
  /** The columns that `toColumns` gives. */
  columns: readonly (string & keyof Columns)[]
  /** Those of them that filters look at and `toObject` does not: they are written, and never read. @default [] */
  searchColumns?: readonly (string & keyof Columns)[]
  toColumns(input: Input): Columns
  toObject(key: string, columns: ReadColumns): Output
  /** Query parameters that leave objects out. @default {} */
  filters?: Readonly<Record<string, Filter>>
  /** What a list may be sorted by, by the name that clients use. @default {} */
  sorts?: Readonly<Record<string, SortColumn>>
  /** Whether PUT makes an object that does not exist. @default false */
  createsByPut?: boolean
  /** Runs in the transaction of every change, after it: with the object, or without one when it was removed. */
  onChange?(transaction: AnyDatabase, key: string, object: Output | undefined): Promise<void>
}

/** A definition whose types have been checked where it was written. */
export type AnyCollection = CollectionDefinition<unknown, object, object>

/** A collection's routes, to be put into a service, and its store, for what else the service does with it. */
export interface Collection<Input, Output extends object> {
  readonly list: CollectionRoute
  readonly create: CollectionRoute
  readonly read: CollectionRoute
  readonly replace: CollectionRoute
  readonly merge: CollectionRoute
  readonly remove: CollectionRoute
  readonly store: ObjectStore<Input, Output>
}

/**
 * A stored collection of objects: pages with an opaque cursor and `Link`, filters, sort, entity tags with If-Match and If-None-Match (RFC 9110),
 * 201 with `Location`, JSON Merge Patch (RFC 7396), idempotency keys, and a problem for everything else.
 *
 * @example const { list, create, read } = collection({ name: 'config', path: '/configs', table: 'config', … })
 */
export function collection<Input, Output extends object, Columns extends ReadColumns, ReadColumns extends object = Columns>(
  definition: CollectionDefinition<Input, Output, Columns, ReadColumns>,
): Collection<Input, Output> {
  const erased = definition as unknown as AnyCollection
  const store = new ObjectStore(erased)
  return Object.freeze({
    list: createListRoute(erased, store),
    ...createObjectRoutes(erased, store),
    store: store as unknown as ObjectStore<Input, Output>,
  })
}
