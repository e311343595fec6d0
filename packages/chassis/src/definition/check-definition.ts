import type { z } from 'zod'
import { collisionFaults, routeFaults } from './check-routes.ts'
import type { Service } from './define-service.ts'
import type { MetricDefinition } from './metric.ts'
import { BASE_KEYS, CHASSIS_METRIC, ENVIRONMENT_NAME, looksSecret, MEMBER_NAME, METRIC_NAME, PROBLEM_CODE, SERVICE_NAME } from './names.ts'
import { isSecret } from './secret.ts'
import { chassisProblems, type ProblemKind } from './service-error.ts'
import { type Faults, isOneLine, isSchema, isStatus, listOf, matches } from './untrusted.ts'

/** Thrown by `defineService`; its message has one sentence for each thing that is wrong, with the remedy. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError'
}

/** Members of a handler's context that a resource must not hide. */
const CONTEXT_MEMBERS = new Set(['config', 'log', 'metrics', 'requestId', 'signal', 'remainingTime', 'traceparent', 'tracestate', 'span'])
/** Owners of config keys beside the resources, which share one namespace with these; see `run/config-keys.ts`. */
const CONFIG_OWNERS = new Set(['base', 'service'])
const METRIC_KINDS: readonly unknown[] = ['counter', 'gauge', 'histogram'] satisfies MetricDefinition['kind'][]

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

function isResource(value: unknown): boolean {
  const { kind, config, network, open } = (value ?? {}) as Record<string, unknown>
  return typeof kind === 'string' && typeof config === 'object' && config !== null && typeof network === 'function' && typeof open === 'function'
}
