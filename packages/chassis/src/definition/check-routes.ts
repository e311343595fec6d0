import type { z } from 'zod'
import { isByteStream } from './byte-stream.ts'
import { BODY_MEDIA_TYPES, METHODS, type Route } from './define-route.ts'
import type { Service } from './define-service.ts'
import { MEDIA_TYPE, RESERVED_PATHS, ROUTE_PATH } from './names.ts'
import { mediaTypesOf } from './route-facts.ts'
import { chassisProblems } from './service-error.ts'
import { type Faults, isOneLine, isSchema, isStatus, listOf, matches } from './untrusted.ts'

/** Seconds. Far below what a timer can hold, which fires at once when it is given more. */
const LONGEST_DEADLINE = 3600

export function* routeFaults(route: Route, { errors }: Service): Faults {
  if (typeof route !== 'object' || route === null) {
    yield `A route is ${route}; make each with defineRoute({...}).`
    return
  }
  const { method, path, summary, deadline } = route
  const label = `The route ${method} ${path}`
  if (!METHODS.includes(method)) yield `${label} must have one of the methods ${METHODS.join(', ')}.`
  if (!matches(ROUTE_PATH, path))
    yield `${label} must have a path like /things/{name}: segments of letters, digits and . _ ~ -, or one {parameter}, without a slash at the end.`
  if ((RESERVED_PATHS as readonly string[]).includes(path)) yield `${label} hides a path that every service has; choose another.`
  if (!isOneLine(summary)) yield `${label} needs a summary of one line.`
  if (typeof route.handler !== 'function') yield `${label} needs a handler, a function that returns plain data.`
  for (const part of ['body', 'response'] as const)
    if (route[part] !== undefined && !isSchema(route[part])) yield `${label} must have a ${part} that is a zod schema, or none.`
  for (const part of ['accepts', 'errors'] as const)
    if (route[part] !== undefined && !Array.isArray(route[part])) yield `${label} must have its ${part} in a list.`
  yield* bodyFaults(route, label)
  yield* statusFaults(route, label)
  if (deadline !== undefined && !(Number.isFinite(deadline) && deadline > 0 && deadline <= LONGEST_DEADLINE))
    yield `${label} must have a deadline of more than 0 seconds and at most ${LONGEST_DEADLINE}; it has ${deadline}.`
  for (const code of listOf(route.errors)) {
    if (!Object.hasOwn(chassisProblems, code) && !Object.hasOwn(errors, code))
      yield `${label} lists the error ${code}, which neither the chassis nor the service's errors declare.`
  }
  if (typeof path === 'string') yield* parameterFaults(route, label)
}

function* bodyFaults({ method, body, accepts, maxBodyBytes }: Route, label: string): Faults {
  if (method === 'GET' && body) yield `${label} must not have a body: a GET has none (RFC 9110, section 9.3.1).`
  if (accepts && !body) yield `${label} has accepts without a body schema; add one, or remove accepts.`
  if (maxBodyBytes !== undefined && !body) yield `${label} has maxBodyBytes without a body schema; add one, or remove maxBodyBytes.`
  if (maxBodyBytes !== undefined && !(Number.isSafeInteger(maxBodyBytes) && maxBodyBytes > 0))
    yield `${label} must have maxBodyBytes that are a whole number from 1; it has ${maxBodyBytes}.`
  if (Array.isArray(accepts) && accepts.length === 0) yield `${label} accepts no media type at all; name one, or remove accepts.`
  if (isSchema(body) && isByteStream(body)) yield* streamFaults(accepts, label)
  else
    for (const type of listOf(accepts))
      if (!isParsed(type)) yield `${label} can't parse ${type}; a body is one of ${BODY_MEDIA_TYPES.join(', ')}, or a byteStream().`
}

function* streamFaults(accepts: Route['accepts'], label: string): Faults {
  if (accepts === undefined) yield `${label} has a byteStream() without accepts; name the media types that it may have.`
  for (const type of listOf(accepts)) {
    if (isParsed(type)) yield `${label} has a byteStream() of ${type}, which is parsed; describe its content with a schema, in a route of its own.`
    else if (!matches(MEDIA_TYPE, type))
      yield `${label} must accept media types like text/csv, in lower case and without parameters or wildcards; ${JSON.stringify(type)} is none.`
  }
}

function isParsed(mediaType: string): boolean {
  return (BODY_MEDIA_TYPES as readonly string[]).includes(mediaType)
}

function* statusFaults({ status, response }: Route, label: string): Faults {
  if (status === undefined) return
  const statuses: readonly unknown[] = Array.isArray(status) ? status : [status]
  if (statuses.length === 0) yield `${label} has an empty list of statuses; name one, or remove it.`
  if (new Set(statuses).size < statuses.length) yield `${label} lists a status twice.`
  for (const one of statuses) if (!isStatus(one, 200, 299)) yield `${label} must have a status from 200 to 299; errors are thrown. It has ${one}.`
  if (statuses.includes(204) && response) yield `${label} answers 204, which has no content; remove its response schema, or the 204.`
}

function* parameterFaults({ path, params, query, headers }: Route, label: string): Faults {
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '')
  if (new Set(names).size < names.length) yield `${label} names a parameter twice.`
  const keys = objectKeys(params)
  if (params && !keys) yield `${label} must have params that are z.object({...}).`
  if (keys && [...keys].sort().join() !== [...names].sort().join()) {
    yield `${label} must have a schema in params for exactly the parameters of its path (${names.join(', ') || 'none'}); it has ${keys.join(', ') || 'none'}.`
  }
  if (query && !objectKeys(query)) yield `${label} must have a query that is z.object({...}).`
  if (headers && !objectKeys(headers)) yield `${label} must have headers that are z.object({...}).`
  for (const key of objectKeys(headers) ?? []) if (key !== key.toLowerCase()) yield `${label} must name the header ${key} in lower case.`
}

export function* collisionFaults(routes: readonly Route[]): Faults {
  const shapes = new Map<string, Route[]>()
  for (const route of routes) {
    // Two paths are alike when they differ only in the names of their parameters: the router could not tell them apart.
    const shape = route.path.replaceAll(/\{[^}]*\}/g, '{}')
    const earlier = shapes.get(shape) ?? []
    const renamed = earlier.find(({ path }) => path !== route.path)
    const alike = earlier.find((other) => other.method === route.method && !differInMediaType(other, route))
    if (alike)
      yield `The routes ${labelOf(alike)} and ${labelOf(route)} are alike; remove one, or give both a body and accepts without a media type in common.`
    else if (renamed) yield `The routes ${labelOf(renamed)} and ${labelOf(route)} name the same parameter differently; use one name.`
    shapes.set(shape, [...earlier, route])
  }
}

/** Whether Content-Type can tell two routes apart that have one method and path. */
function differInMediaType(one: Route, other: Route): boolean {
  const types = new Set(listOf(mediaTypesOf(one)))
  return one.body !== undefined && other.body !== undefined && listOf(mediaTypesOf(other)).every((type) => !types.has(type))
}

function labelOf({ method, path }: Route): string {
  return `${method} ${path}`
}

function objectKeys(schema: z.ZodType | undefined): string[] | undefined {
  return isSchema(schema) && 'shape' in schema ? Object.keys(schema.shape as object) : undefined
}
