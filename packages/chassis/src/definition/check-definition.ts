import type { z } from 'zod'
import { BODY_MEDIA_TYPES, METHODS, type Route } from './define-route.ts'
import type { Service } from './define-service.ts'
import type { MetricDefinition } from './metric.ts'
import {
  BASE_KEYS,
  CHASSIS_METRIC,
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
const CONTEXT_MEMBERS = new Set(['config', 'log', 'metrics', 'requestId', 'signal', 'remainingTime', 'traceparent', 'tracestate', 'span'])
/** Owners of config keys beside the resources, which share one namespace with these; see `run/config-keys.ts`. */
const CONFIG_OWNERS = new Set(['base', 'service'])
const METRIC_KINDS: readonly unknown[] = ['counter', 'gauge', 'histogram'] satisfies MetricDefinition['kind'][]
/** Seconds. Far below what a timer can hold, which fires at once when it is given more. */
const LONGEST_DEADLINE = 3600

export function checkDefinition(service: Service): void {
  const faults = [
    ...nameFaults(service),
    ...configFaults(service),
    ...resourceFaults(service),
    ...metricFaults(service.metrics),
    ...errorFaults(service.errors),
    ...service.routes.flatMap((route) => [...routeFaults(route, service)]),
    ...collisionFaults(service.routes.filter((route) => typeof route?.path === 'string')),
  ]
  if (faults.length > 0) throw new DefinitionError(`The service ${service.name} is not well defined:\n  ${faults.join('\n  ')}`)
}

function* nameFaults({ name, summary, onStart }: Service): Faults {
  if (!matches(SERVICE_NAME, name)) {
    yield `The name ${JSON.stringify(name)} must be a DNS label: lower-case letters, digits and hyphens, starting with a letter, at most 53 characters.`
  }
  if (!isOneLine(summary)) yield 'The summary must be one line that says what the service does.'
  if (onStart !== undefined && typeof onStart !== 'function') yield 'The onStart must be a function; correct or remove it.'
}

function* configFaults({ config, resources }: Service): Faults {
  const owners = new Map<string, string>()
  for (const [key, schema] of Object.entries(config)) {
    owners.set(key, 'config')
    yield* keyFaults(key, schema)
  }
  for (const [name, resource] of Object.entries(resources)) {
    for (const [key, schema] of Object.entries(resource?.config ?? {})) {
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
  if (!isSchema(schema)) {
    yield `The config key ${key} must be a zod schema, for example z.string().describe('...').`
    return
  }
  if (looksSecret(key) && !isSecret(schema))
    yield `The config key ${key} looks like a secret and is not declared as one; wrap its schema in secret(...), or choose another name.`
  if (!schema.description) yield `The config key ${key} has no description; add .describe('...') to its schema, for the operator who sets it.`
}

function* resourceFaults({ resources }: Service): Faults {
  for (const [name, resource] of Object.entries(resources)) {
    if (!MEMBER_NAME.test(name)) yield `The resource name ${JSON.stringify(name)} must be camelCase letters and digits.`
    if (CONTEXT_MEMBERS.has(name) || name in Object.prototype)
      yield `The resource name ${name} hides what every handler's context has; choose another.`
    if (CONFIG_OWNERS.has(name)) yield `The resource name ${name} stands for the config keys of every service or of this one; choose another.`
    if (!isResource(resource))
      yield `The resource ${name} must be an object with kind, config, network and open; make it with the resource's function.`
  }
}

function* metricFaults(metrics: Readonly<Record<string, MetricDefinition>>): Faults {
  const seen = new Set<string>()
  for (const [member, metric] of Object.entries(metrics)) {
    if (!METRIC_KINDS.includes(metric?.kind)) {
      yield `The metric ${member} must be made with counter({...}), gauge({...}) or histogram({...}).`
      continue
    }
    const { kind, name, help, labels = [] } = metric
    if (!matches(METRIC_NAME, name)) {
      yield `The metric name ${JSON.stringify(name)} must be lower-case letters, digits and underscores.`
      continue
    }
    if (CHASSIS_METRIC.test(name)) yield `The metric name ${name} belongs to what every service measures already; choose another.`
    if (kind === 'counter' && !name.endsWith('_total')) yield `The counter ${name} must end in _total, as Prometheus names counters.`
    if (kind !== 'counter' && name.endsWith('_total')) yield `The ${kind} ${name} must not end in _total, which marks a counter.`
    if (/_(milliseconds|ms|minutes|kilobytes|kb|mb)(_|$)/.test(name)) yield `The metric ${name} must use a base unit: seconds or bytes.`
    if (!isOneLine(help)) yield `The metric ${name} needs one line of help.`
    if (seen.has(name)) yield `Two metrics are named ${name}.`
    if (!Array.isArray(labels)) yield `The metric ${name} must have its labels in a list.`
    for (const label of listOf(labels))
      if (!matches(METRIC_NAME, label) || label === 'le')
        yield `The label ${JSON.stringify(label)} of ${name} must be lower-case letters, digits and underscores, and not le.`
    seen.add(name)
  }
}

function* errorFaults(errors: Readonly<Record<string, ProblemKind>>): Faults {
  for (const [code, kind] of Object.entries(errors)) {
    // A row that is missing altogether lacks each of its fields.
    const { status, title, remedy }: Partial<ProblemKind> = kind ?? {}
    if (!PROBLEM_CODE.test(code)) yield `The error code ${JSON.stringify(code)} must be lower-case letters, digits and underscores.`
    if (Object.hasOwn(chassisProblems, code)) yield `The error code ${code} belongs to every service already; use it without declaring it.`
    if (!isStatus(status, 400, 599)) yield `The error ${code} must have a status from 400 to 599; it has ${status}.`
    if (!isOneLine(title) || !isOneLine(remedy)) yield `The error ${code} needs a title and a remedy, one line each.`
  }
}

function* routeFaults(route: Route, { errors }: Service): Faults {
  if (typeof route !== 'object' || route === null) {
    yield `A route is ${route}; make each with defineRoute({...}).`
    return
  }
  const { method, path, summary, status, deadline } = route
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
  if (method === 'GET' && route.body) yield `${label} must not have a body: a GET has none (RFC 9110, section 9.3.1).`
  if (route.accepts && !route.body) yield `${label} has accepts without a body schema; add one, or remove accepts.`
  for (const type of listOf(route.accepts))
    if (!BODY_MEDIA_TYPES.includes(type)) yield `${label} can't parse ${type}; a body is one of ${BODY_MEDIA_TYPES.join(', ')}.`
  if (status !== undefined && !isStatus(status, 200, 299)) yield `${label} must have a status from 200 to 299; errors are thrown. It has ${status}.`
  if (status === 204 && route.response) yield `${label} answers 204, which has no content; remove its response schema.`
  if (deadline !== undefined && !(Number.isFinite(deadline) && deadline > 0 && deadline <= LONGEST_DEADLINE))
    yield `${label} must have a deadline of more than 0 seconds and at most ${LONGEST_DEADLINE}; it has ${deadline}.`
  for (const code of listOf(route.errors)) {
    if (!Object.hasOwn(chassisProblems, code) && !Object.hasOwn(errors, code))
      yield `${label} lists the error ${code}, which neither the chassis nor the service's errors declare.`
  }
  if (typeof path === 'string') yield* parameterFaults(route, label)
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
  return isSchema(schema) && 'shape' in schema ? Object.keys(schema.shape as object) : undefined
}

// What follows trusts no type: a definition may come from JavaScript, or through a cast.

function isSchema(value: unknown): value is z.ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value
}

function isResource(value: unknown): boolean {
  const { kind, config, network, open } = (value ?? {}) as Record<string, unknown>
  return typeof kind === 'string' && typeof config === 'object' && config !== null && typeof network === 'function' && typeof open === 'function'
}

function isOneLine(text: unknown): boolean {
  return typeof text === 'string' && text.trim().length > 0 && !text.includes('\n')
}

/** A pattern's own `test` would make the text "undefined" of a name that is missing. */
function matches(pattern: RegExp, text: unknown): boolean {
  return typeof text === 'string' && pattern.test(text)
}

function isStatus(status: unknown, from: number, to: number): boolean {
  return Number.isInteger(status) && from <= (status as number) && (status as number) <= to
}

function listOf<Item>(value: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(value) ? value : []
}
