import { configKeys } from '@slipway/chassis'
import type { SecretReference } from './cluster-needs.ts'
import type { DeploymentDefinition } from './define-stack.ts'

type Faults = Iterable<string>

/** RFC 1123, a subdomain: what most objects of Kubernetes are named by. */
export const OBJECT_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/
const SECRET_KEY = /^[-._a-zA-Z0-9]{1,253}$/
const PLACE = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?:\d{1,5}$/

/** A sentence for each thing that is wrong with a deployment's references to Secrets, with the remedy. */
export function* secretFaults({ service, secrets = {}, config = {} }: DeploymentDefinition, label: string): Faults {
  const keys = configKeys(service)
  for (const [key, reference] of Object.entries(secrets)) {
    const known = keys.find((one) => one.key === key)
    if (!known?.isSecret) {
      const secretKeys = keys.filter(({ isSecret }) => isSecret).map((one) => one.key)
      yield `${label} has a secret ${key}, which is no secret config key of the service ${service.name}; it has ${secretKeys.join(', ')}.`
      continue
    }
    yield* referenceFaults(key, reference, label)
    if (config[`${key}_FILE`] !== undefined) yield `${label} has the secret ${key} and sets ${key}_FILE as well; remove one of them.`
    if (isPlaceless(known.owner, key, reference)) {
      yield `${label} takes ${key} from a Secret, so nobody can tell where it leads; say it in leadsTo, as in "postgres.databases.svc:5432", for the NetworkPolicy.`
    }
  }
}

/** A value where a reference belongs must not be repeated by the message. */
function* referenceFaults(key: string, reference: SecretReference, label: string): Faults {
  if (typeof reference !== 'object' || reference === null) {
    yield `${label} must refer to the Secret that holds ${key}, as in { name: '${key.toLowerCase().replaceAll('_', '-')}', key: 'value' }; the stack is committed, so a value doesn't belong there.`
    return
  }
  const { name, key: inSecret, leadsTo } = reference
  if (!matches(OBJECT_NAME, name)) yield `${label} must name the Secret that holds ${key} in lower-case letters, digits, hyphens and dots.`
  if (!matches(SECRET_KEY, inSecret))
    yield `${label} must name the key in the Secret ${name} that holds ${key}, in letters, digits, hyphens, dots and underscores.`
  if (leadsTo !== undefined && !isPlace(leadsTo)) {
    yield `${label} must say where ${key} leads as host:port, without credentials, as in "postgres.databases.svc:5432".`
  }
}

function isPlace(text: unknown): boolean {
  const port = matches(PLACE, text) ? Number(String(text).split(':')[1]) : 0
  return port >= 1 && port <= 65535
}

function isPlaceless(owner: string, key: string, reference: SecretReference): boolean {
  return owner !== 'service' && owner !== 'base' && key.endsWith('_URL') && reference?.leadsTo === undefined
}

/** Whether something is text of a pattern: Node runs the stack without checking its types. */
export function matches(pattern: RegExp, text: unknown): boolean {
  return typeof text === 'string' && pattern.test(text)
}
