import { z } from 'zod'
import { defineRoute } from '../definition/define-route.ts'
import { reply } from '../definition/reply.ts'
import type { AnyDatabase } from './any-database.ts'
import type { AnyCollection, CollectionRoute } from './collection.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { ObjectStore } from './object-store.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** The parameters that every page has. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).meta({ description: 'The most objects of a page.' }),
  cursor: z.string().max(2000).optional().meta({ description: 'Where the page starts: as the Link header of the page before has it.' }),
}

type Query = { limit: number; cursor?: string | undefined; sort?: string | undefined } & Record<string, unknown>

/** `GET /things`: a page of the collection. */
export function createListRoute(definition: AnyCollection, store: ObjectStore<unknown, object>): CollectionRoute {
  const { name, path, output, filters = {}, sorts = {} } = definition
  const query = z.object({ ...pageQuery, ...sortQuery(Object.keys(sorts)), ...filterQuery(filters) }) as unknown as z.ZodType<Query>
  return defineRoute({
    method: 'GET',
    path,
    summary: `A page of the ${name}s`,
    description: 'Where there is a next page, the Link header has it as `rel="next"` (RFC 8288).',
    query,
    response: z.array(output),
    errors: ['resource_unavailable'],
    async handler({ query: { limit, cursor, sort, ...given } }, { db }: { db: AnyDatabase }) {
      const order = sort ?? ''
      const after = cursor === undefined ? undefined : readCursor(order, cursor, sorts[order.replace(/^-/, '')])
      const { objects, next } = await store.page(db, { limit, sort, after, given })
      if (next === undefined) return objects
      return reply(objects, { headers: { link: nextLink(path, { ...given, sort, limit, cursor: writeCursor(order, next) }) } })
    },
  }) as CollectionRoute
}

/** The Link header of a page that has a next one, relative to the request (RFC 8288). */
export function nextLink(path: string, parameters: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, String(value))
  return `<${path}?${query}>; rel="next"`
}

function sortQuery(names: readonly string[]): Record<string, z.ZodType> {
  if (names.length === 0) return {}
  const sort = z.enum(names.flatMap((name) => [name, `-${name}`])).optional()
  return { sort: sort.meta({ description: 'What the list is sorted by, descending with a minus. Unset: the order of insertion.' }) }
}

function filterQuery(filters: NonNullable<AnyCollection['filters']>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(filters).map(([name, { schema }]) => [name, schema.optional()]))
}
