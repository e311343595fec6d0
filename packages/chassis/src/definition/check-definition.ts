import type { z } from 'zod'
import { BODY_MEDIA_TYPES, METHODS, type Route } from './define-route.ts'
import type { Service } from './define-service.ts'
import type { MetricDefinition } from './metric.ts'
import {
  BASE_KEYS,
  ENVIRONMENT_NAME,
  looksSecret,
  MEMBER_NAME,
  METRIC_NAME,
  PROBLEM_CODE,
  RESERVED_PATHS,
  ROUTE_PATH,
  SERVICE_NAME,
} from './names.ts'
import { isSecret } from './secret.ts'
import { chassisProblems, type ProblemKind } from './service-error.ts'

/** Thrown by `defineService`; its message has one sentence for each thing that is wrong, with the remedy. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError'
}

type Faults = Iterable<string>

/** Members of a handler's context that a resource must not hide. */
const CONTEXT_MEMBERS = new Set(['config', 'log', 'metrics', 'requestId', 'signal', 'remainingTime', 'traceparent', 'span'])

export function checkDefinition(service: Service): void {
  const faults = [
    ...nameFaults(service),
    ...configFaults(service),
    ...resourceFaults(service),
    ...metricFaults(service.metrics),
    ...errorFaults(service.errors),
    ...service.routes.flatMap((route) => [...routeFaults(route, service)]),
    ...collisionFaults(service.routes),
  ]
  if (faults.length > 0) throw new DefinitionError(`The service ${service.name} is not well defined:\n  ${faults.join('\n  ')}`)
}

function* nameFaults({ name, summary }: Service): Faults {
  if (!SERVICE_NAME.test(name)) {
    yield `The name ${JSON.stringify(name)} must be a DNS label: lower-case letters, digits and hyphens, starting with a letter, at most 53 characters.`
  }
  if (!isOneLine(summary)) yield 'The summary must be one line that says what the service does.'
}

function* configFaults({ config, resources }: Service): Faults {
  const owners = new Map<string, string>()
  for (const [key, schema] of Object.entries(config)) {
    owners.set(key, 'config')
    yield* keyFaults(key, schema)
  }
  for (const [name, resource] of Object.entries(resources)) {
    for (const [key, schema] of Object.entries(resource.config)) {
      const owner = owners.get(key)
      if (owner !== undefined) yield `The config key ${key} of the resource ${name} is already declared by ${owner}; give one of them a prefix.`
      owners.set(key, `the resource ${name}`)
      yield* keyFaults(key, schema)
    }
  }
}

function* keyFaults(key: string, schema: z.ZodType): Faults {
  if (!ENVIRONMENT_NAME.test(key))
    yield `The config key ${JSON.stringify(key)} must be upper-case letters, digits and underscores, starting with a letter.`
  if ((BASE_KEYS as readonly string[]).includes(key))
    yield `The config key ${key} belongs to every service already; remove it or choose another name.`
  if (key.endsWith('_FILE')) yield `The config key ${key} must not end in _FILE, which names the mounted file of a secret.`
  if (looksSecret(key) && !isSecret(schema))
    yield `The config key ${key} looks like a secret and is not declared as one; wrap its schema in secret(...), or choose another name.`
  if (!schema.description) yield `The config key ${key} has no description; add .describe('...') to its schema, for the operator who sets it.`
}

function* resourceFaults({ resources }: Service): Faults {
  for (const name of Object.keys(resources)) {
    if (!MEMBER_NAME.test(name)) yield `The resource name ${JSON.stringify(name)} must be camelCase letters and digits.`
    if (CONTEXT_MEMBERS.has(name)) yield `The resource name ${name} hides what every handler's context has; choose another.`
  }
}

function* metricFaults(metrics: Readonly<Record<string, MetricDefinition>>): Faults {
  const seen = new Set<string>()
  for (const { kind, name, help, labels = [] } of Object.values(metrics)) {
    if (!METRIC_NAME.test(name)) yield `The metric name ${JSON.stringify(name)} must be lower-case letters, digits and underscores.`
    if (kind === 'counter' && !name.endsWith('_total')) yield `The counter ${name} must end in _total, as Prometheus names counters.`
    if (kind !== 'counter' && name.endsWith('_total')) yield `The ${kind} ${name} must not end in _total, which marks a counter.`
    if (/_(milliseconds|ms|minutes|kilobytes|kb|mb)(_|$)/.test(name)) yield `The metric ${name} must use a base unit: seconds or bytes.`
    if (!isOneLine(help)) yield `The metric ${name} needs one line of help.`
    if (seen.has(name)) yield `Two metrics are named ${name}.`
    for (const label of labels)
      if (!METRIC_NAME.test(label) || label === 'le')
        yield `The label ${JSON.stringify(label)} of ${name} must be lower-case letters, digits and underscores, and not le.`
    seen.add(name)
  }
}

function* errorFaults(errors: Readonly<Record<string, ProblemKind>>): Faults {
  for (const [code, { status, title, remedy }] of Object.entries(errors)) {
    if (!PROBLEM_CODE.test(code)) yield `The error code ${JSON.stringify(code)} must be lower-case letters, digits and underscores.`
    if (Object.hasOwn(chassisProblems, code)) yield `The error code ${code} belongs to every service already; use it without declaring it.`
    if (!Number.isInteger(status) || status < 400 || status > 599) yield `The error ${code} must have a status from 400 to 599; it has ${status}.`
    if (!isOneLine(title) || !isOneLine(remedy)) yield `The error ${code} needs a title and a remedy, one line each.`
  }
}

function* routeFaults(route: Route, { errors }: Service): Faults {
  const { method, path, summary, status } = route
  const label = `The route ${method} ${path}`
  if (!METHODS.includes(method)) yield `${label} must have one of the methods ${METHODS.join(', ')}.`
  if (!ROUTE_PATH.test(path))
    yield `${label} must have a path like /things/{name}: segments of letters, digits and . _ ~ -, or one {parameter}, without a slash at the end.`
  if ((RESERVED_PATHS as readonly string[]).includes(path)) yield `${label} hides a path that every service has; choose another.`
  if (!isOneLine(summary)) yield `${label} needs a summary of one line.`
  if (method === 'GET' && route.body) yield `${label} must not have a body: a GET has none (RFC 9110, section 9.3.1).`
  if (route.accepts && !route.body) yield `${label} has accepts without a body schema; add one, or remove accepts.`
  for (const type of route.accepts ?? [])
    if (!BODY_MEDIA_TYPES.includes(type)) yield `${label} can't parse ${type}; a body is one of ${BODY_MEDIA_TYPES.join(', ')}.`
  if (status !== undefined && (!Number.isInteger(status) || status < 200 || status > 299))
    yield `${label} must have a status from 200 to 299; errors are thrown. It has ${status}.`
  if (status === 204 && route.response) yield `${label} answers 204, which has no content; remove its response schema.`
  if (route.deadline !== undefined && !(route.deadline > 0)) yield `${label} must have a deadline of more than 0 seconds.`
  for (const code of route.errors ?? []) {
    if (!Object.hasOwn(chassisProblems, code) && !Object.hasOwn(errors, code))
      yield `${label} lists the error ${code}, which neither the chassis nor the service's errors declare.`
  }
  yield* parameterFaults(route, label)
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

function* collisionFaults(routes: readonly Route[]): Faults {
  const shapes = new Map<string, Route[]>()
  for (const route of routes) {
    // Two paths are alike when they differ only in the names of their parameters: the router could not tell them apart.
    const shape = route.path.replaceAll(/\{[^}]*\}/g, '{}')
    const earlier = shapes.get(shape) ?? []
    const same = earlier.find(({ method }) => method === route.method)
    const renamed = earlier.find(({ path }) => path !== route.path)
    if (same) yield `The routes ${labelOf(same)} and ${labelOf(route)} are alike; remove one.`
    else if (renamed) yield `The routes ${labelOf(renamed)} and ${labelOf(route)} name the same parameter differently; use one name.`
    shapes.set(shape, [...earlier, route])
  }
}

function labelOf({ method, path }: Route): string {
  return `${method} ${path}`
}

function objectKeys(schema: z.ZodType | undefined): string[] | undefined {
  return schema && 'shape' in schema ? Object.keys(schema.shape as object) : undefined
}

function isOneLine(text: string): boolean {
  return text.trim().length > 0 && !text.includes('\n')
}
