import { z } from 'zod'
import type { Route, RouteInput } from '../definition/define-route.ts'
import { itemSchema } from '../definition/route-facts.ts'
import type { InputError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'
import { errorPath, inputErrors, nulErrors } from './input-errors.ts'
import { toRecord } from './read-body.ts'

type Input = RouteInput<unknown, unknown, unknown, unknown>
type Part = keyof Input

/**
 * Makes a route's parser, which knows beforehand what the route reads.
 *
 * @throws {ServiceError} the parser: `malformed_path` for path parameters, else `validation_failed` with everything that is wrong.
 */
export function createInputParser(route: Route): (exchange: Exchange, body: unknown) => Input {
  if (!route.path.includes('{') && !route.query && !route.headers && !route.body) {
    const nothing: Input = Object.freeze({ params: Object.freeze({}), query: undefined, headers: undefined, body: undefined })
    return () => nothing
  }
  const lists = listNames(route.query)
  return function parseInput(exchange, body) {
    const params = parsePath(route.params, exchange.params)
    const errors: InputError[] = []
    const query = route.query && parseQuery(exchange, route.query, lists, errors)
    const headers = route.headers && parsePart('headers', route.headers, headersOf(exchange, route.headers), errors)
    const parsedBody = route.body && parsePart('body', route.body, body, errors)
    if (errors.length > 0) throw inputErrors('validation_failed', errors)
    return { params, query, headers, body: parsedBody }
  }
}

function parsePath(schema: z.ZodType | undefined, params: Readonly<Record<string, string>>): unknown {
  if (!schema) return params
  const errors: InputError[] = []
  const parsed = parsePart('params', schema, params, errors)
  if (errors.length > 0) throw inputErrors('malformed_path', errors)
  return parsed
}

/** The names in a query that hold lists, and hold one also where they stand once. */
function listNames(query: z.ZodType | undefined): ReadonlySet<string> {
  const shape = query && 'shape' in query ? (query.shape as Record<string, z.ZodType>) : {}
  return new Set(Object.keys(shape).filter((name) => itemSchema(shape[name])))
}

function parseQuery({ search }: Exchange, schema: z.ZodType, lists: ReadonlySet<string>, errors: InputError[]): unknown {
  const fields = toRecord(new URLSearchParams(search), lists)
  if (search.includes('%00')) errors.push(...nulErrors('query', fields))
  // A schema of any names drops it without a word.
  if ('__proto__' in fields && takesAnyName(schema)) errors.push({ path: 'query.__proto__', message: 'No parameter may have this name' })
  return parsePart('query', schema, fields, errors)
}

function takesAnyName(schema: z.ZodType): boolean {
  return !(schema instanceof z.ZodObject) || schema.def.catchall !== undefined
}

function headersOf(exchange: Exchange, schema: z.ZodType): Record<string, string | undefined> {
  const names = 'shape' in schema ? Object.keys(schema.shape as object) : []
  return Object.fromEntries(names.map((name) => [name, exchange.header(name)]))
}

function parsePart(part: Part, schema: z.ZodType, value: unknown, errors: InputError[]): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues) errors.push({ path: errorPath([part, ...issue.path]), message: issue.message })
  return undefined
}
