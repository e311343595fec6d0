import { closestKey, configKeys, DefinitionError } from '@slipway/chassis'
import { memberFaults } from './check-members.ts'
import { needFaults } from './check-needs.ts'
import { matches } from './check-secrets.ts'
import type { DeploymentDefinition, LocalDatabase, LocalDefinition, StandInDefinition } from './define-stack.ts'
import { hasDatabase } from './resolve-needs.ts'
import { standInKeys } from './stand-in-keys.ts'

type Faults = Iterable<string>

/** RFC 1123. A release's name is shorter than a label may be: Helm adds to it. */
const RELEASE_NAME = /^[a-z]([a-z0-9-]{0,51}[a-z0-9])?$/
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const LONGEST_HOST = 253

/** Keys that follow from the deployment itself, each with where its value comes from. */
const DERIVED_KEYS = new Map([
  ['DEPLOYMENT', "it is the deployment's name"],
  ['PORT', 'it is set where the deployment runs; its port in development is `port`, beside `config`'],
  ['MANAGEMENT_PORT', 'it is set where the deployment runs'],
])

/** @throws {DefinitionError} with one sentence for each thing that is wrong with a stack, with the remedy. */
export function checkStack(deployments: readonly DeploymentDefinition[], { standIns = [], databases = {} }: LocalDefinition): void {
  const faults = [
    ...deployments.flatMap((deployment) => [...deploymentFaults(deployment)]),
    ...collisionFaults(deployments),
    ...standIns.flatMap((standIn, index) => [...standInFaults(standIn, standIns.slice(0, index), deployments)]),
    ...databaseFaults(databases, deployments),
  ]
  if (faults.length > 0) throw new DefinitionError(`The stack is not well defined:\n  ${faults.join('\n  ')}`)
}

function* deploymentFaults(deployment: DeploymentDefinition): Faults {
  const { service, name, namespace, host, port } = deployment
  const label = name === undefined ? `The deployment at ${host}` : `The deployment ${name}`
  if (name === undefined) yield `${label} has no name; give it a DNS label like customer-a.`
  else if (!matches(RELEASE_NAME, name)) {
    yield `The deployment name ${JSON.stringify(name)} must be a DNS label: lower-case letters, digits and hyphens, starting with a letter, at most 53 characters.`
  }
  if (namespace === undefined) yield `${label} has no namespace; give it a DNS label like customer-a.`
  else if (!matches(LABEL, namespace)) {
    yield `${label} must have a namespace that is a DNS label: lower-case letters, digits and hyphens, at most 63 characters. It is ${JSON.stringify(namespace)}.`
  }
  if (!isHost(host)) {
    yield `${label} must have a host that is a DNS name like greeter.example.com, in lower case and without a port. It is ${JSON.stringify(host)}.`
  }
  if (port !== undefined && !isPort(port)) yield `${label} must have a port that is a whole number from 1 to 65535. It is ${port}.`
  yield* memberFaults(deployment, label)
  // A wrong import is undefined here: Node runs the stack without checking its types.
  if (service?.routes === undefined) yield `${label} has no service; import the one that services/<name>/service.ts exports.`
  else {
    yield* configFaults(deployment, label)
    yield* needFaults(deployment, label)
  }
}

function* configFaults({ service, config = {} }: DeploymentDefinition, label: string): Faults {
  const keys = configKeys(service)
  const secrets = new Set(keys.filter(({ isSecret }) => isSecret).map(({ key }) => key))
  const known = keys.flatMap(({ key }) => (secrets.has(key) ? [key, `${key}_FILE`] : [key]))
  for (const [key, value] of Object.entries(config)) {
    const derived = DERIVED_KEYS.get(key)
    if (derived !== undefined) yield `${label} must not set ${key}: ${derived}. Remove it.`
    else if (secrets.has(key)) yield secretKey(key, label)
    else if (!known.includes(key)) yield unknownKey(key, known, service.name, label)
    if (!isScalar(value)) yield `${label} must set ${key} to a string, a number or a boolean; it is ${kindOf(value)}.`
  }
}

function secretKey(key: string, label: string): string {
  return `${label} must not set ${key}, which is a secret: the stack is committed. Refer to the Secret that holds it in secrets, or name a file in ${key}_FILE.`
}

function unknownKey(key: string, known: readonly string[], serviceName: string, label: string): string {
  const meant = closestKey(key, known)
  const remedy = meant === undefined ? `Run slipway config ${serviceName} for those that it has.` : `Did you mean ${meant}?`
  return `${label} sets ${key}, which the service ${serviceName} does not have. ${remedy}`
}

function* collisionFaults(deployments: readonly DeploymentDefinition[]): Faults {
  const owners = new Map<string, string>()
  for (const { name, host, port } of deployments) {
    if (name === undefined || host === undefined) continue
    if (owners.has(`name ${name}`)) yield `Two deployments are named ${name}; give each a name of its own.`
    owners.set(`name ${name}`, name)
    for (const taken of [`host ${host}`, ...(port === undefined ? [] : [`port ${port}`])]) {
      const owner = owners.get(taken)
      if (owner !== undefined) yield `The deployments ${owner} and ${name} have the same ${taken}; give each its own.`
      owners.set(taken, name)
    }
  }
}

/** @param earlier the stand-ins before it, with which it must share nothing */
function* standInFaults(standIn: StandInDefinition, earlier: readonly StandInDefinition[], deployments: readonly DeploymentDefinition[]): Faults {
  const { name, port, start, config } = standIn
  const label = `The stand-in ${name}`
  if (!matches(LABEL, name)) yield `The stand-in's name ${JSON.stringify(name)} must be a DNS label: lower-case letters, digits and hyphens.`
  if (!isPort(port)) yield `${label} must have a port that is a whole number from 1 to 65535. It is ${port}.`
  for (const other of [...earlier, ...deployments]) {
    if (other.port === port) yield `${label} and ${other.name} have the same port ${port}; give each its own.`
  }
  if (earlier.some((other) => other.name === name)) yield `Two stand-ins are named ${name}; give each a name of its own.`
  if (typeof start !== 'function') yield `${label} must have a start that is a function; import the one that starts it.`
  if (typeof config !== 'function') yield `${label} must have a config that is a function, as (url) => ({ TIDE_URL: url }).`
  const known = new Set(deployments.flatMap(({ service }) => (service?.routes ? configKeys(service).map(({ key }) => key) : [])))
  const taken = new Map(earlier.flatMap((other) => standInKeys(other).map((key) => [key, other.name])))
  for (const key of standInKeys(standIn)) {
    if (!known.has(key)) yield `${label} sets ${key}, which no service of the stack has. Name a key that one of them has.`
    if (taken.has(key)) yield `${label} sets ${key}, as the stand-in ${taken.get(key)} does; remove it from one of them.`
  }
}

function* databaseFaults(databases: Readonly<Record<string, LocalDatabase>>, deployments: readonly DeploymentDefinition[]): Faults {
  const names = deployments.filter(({ service }) => service?.routes && hasDatabase(service)).map(({ name }) => name)
  for (const [name, { system = 'postgres' }] of Object.entries(databases)) {
    const known = names.length === 0 ? 'no deployment has one' : `${names.join(', ')} have one`
    if (!names.includes(name)) yield `local.databases has ${name}, which is no deployment with a database; ${known}.`
    if (system !== 'postgres' && system !== 'mariadb')
      yield `local.databases must have a system of ${name} that is postgres or mariadb. It is ${JSON.stringify(system)}.`
  }
}

function isHost(host: unknown): boolean {
  return typeof host === 'string' && host.length <= LONGEST_HOST && host.split('.').every((label) => LABEL.test(label))
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
}
