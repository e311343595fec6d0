import type { z } from 'zod'
import type { Route, RouteInput } from '../definition/define-route.ts'
import { innerSchema } from '../definition/secret.ts'
import { type InputError, ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'
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
    const query = route.query && parsePart('query', route.query, toRecord(new URLSearchParams(exchange.search), lists), errors)
    const headers = route.headers && parsePart('headers', route.headers, headersOf(exchange, route.headers), errors)
    const parsedBody = route.body && parsePart('body', route.body, body, errors)
    if (errors.length > 0) throw new ServiceError('validation_failed', sentence(errors), { errors })
    return { params, query, headers, body: parsedBody }
  }
}

function parsePath(schema: z.ZodType | undefined, params: Readonly<Record<string, string>>): unknown {
  if (!schema) return params
  const errors: InputError[] = []
  const parsed = parsePart('params', schema, params, errors)
  if (errors.length > 0) throw new ServiceError('malformed_path', sentence(errors), { errors })
  return parsed
}

/** The names in a query that hold lists, and hold one also where they stand once. */
function listNames(query: z.ZodType | undefined): ReadonlySet<string> {
  const shape = query && 'shape' in query ? (query.shape as Record<string, z.ZodType>) : {}
  return new Set(Object.keys(shape).filter((name) => isList(shape[name])))
}

function isList(schema: z.core.$ZodType | undefined): boolean {
  return schema !== undefined && (schema._zod.def.type === 'array' || isList(innerSchema(schema)))
}

function headersOf(exchange: Exchange, schema: z.ZodType): Record<string, string | undefined> {
  const names = 'shape' in schema ? Object.keys(schema.shape as object) : []
  return Object.fromEntries(names.map((name) => [name, exchange.header(name)]))
}

function parsePart(part: Part, schema: z.ZodType, value: unknown, errors: InputError[]): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  for (const issue of result.error.issues) errors.push({ path: [part, ...issue.path.map(String)].join('.'), message: issue.message })
  return undefined
}

function sentence(errors: readonly InputError[]): string {
  return errors.map(({ path, message }) => `${path}: ${message}.`).join(' ')
}
