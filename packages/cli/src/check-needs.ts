import { hasSchema } from '@slipway/chassis'
import { choiceFaults } from './check-choices.ts'
import { matches, OBJECT_NAME, secretFaults } from './check-secrets.ts'
import type { ResourceBounds } from './cluster-needs.ts'
import type { DeploymentDefinition } from './define-stack.ts'
import { parseQuantity } from './quantity.ts'
import { DEFAULT_AUTOSCALING, hasDatabase, resolveSize, storesInFile } from './resolve-needs.ts'

type Faults = Iterable<string>

const DIGEST = /^sha256:[0-9a-f]{64}$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/

/** A sentence for each thing that is wrong with what a deployment needs on the cluster, with the remedy. */
export function* needFaults(deployment: DeploymentDefinition, label: string): Faults {
  yield* choiceFaults(deployment, label)
  yield* secretFaults(deployment, label)
  yield* storageFaults(deployment, label)
  yield* scaleFaults(deployment, label)
  yield* sizeFaults(deployment, label)
  yield* imageFaults(deployment, label)
  yield* ingressFaults(deployment, label)
  yield* networkFaults(deployment, label)
}

function* storageFaults({ service, secrets = {}, storage }: DeploymentDefinition, label: string): Faults {
  if (storage === undefined) return
  if (!hasDatabase(service)) yield `${label} has storage, and the service ${service.name} has no database that could use it; remove storage.`
  if (secrets.DATABASE_URL !== undefined) yield `${label} has storage for SQLite, and DATABASE_URL in secrets; remove one of them.`
  if (storage.size !== undefined && parseQuantity(storage.size) === undefined) {
    yield `${label} must have a storage.size that is a Kubernetes quantity like 1Gi. It is ${JSON.stringify(storage.size)}.`
  }
}

function* scaleFaults(deployment: DeploymentDefinition, label: string): Faults {
  const { replicas, autoscaling, storage, migration } = deployment
  const isSingle = storage !== undefined || storesInFile(deployment)
  if (isSingle && (autoscaling !== undefined || (replicas !== undefined && replicas !== 1))) {
    yield `${label} keeps its data in SQLite, which one pod alone can use; give it DATABASE_URL in secrets, or remove ${autoscaling ? 'autoscaling' : 'replicas'} and storage.`
  }
  if (migration === 'job' && !hasSchema(deployment.service)) {
    yield `${label} has a migration, and the service ${deployment.service.name} has no schema that could be migrated; remove migration.`
  } else if (isSingle && migration === 'job') {
    yield `${label} keeps its data in SQLite, whose volume no Job can reach; give it DATABASE_URL in secrets, or remove migration.`
  }
  if (replicas !== undefined && autoscaling !== undefined) yield `${label} has replicas and autoscaling; remove one of them.`
  if (replicas !== undefined && !isCount(replicas)) yield `${label} must have replicas that are a whole number of at least 1. They are ${replicas}.`
  if (autoscaling === undefined) return
  const { min, max, cpuPercent, requestsPerSecond } = { ...DEFAULT_AUTOSCALING, ...autoscaling }
  if (!isCount(min) || min < 2) yield `${label} must have an autoscaling.min of at least 2, so that one pod may be away. It is ${min}.`
  if (!isCount(max) || max < min)
    yield `${label} must have an autoscaling.max that is a whole number of at least autoscaling.min, ${min}. It is ${max}.`
  if (!isCount(cpuPercent) || cpuPercent > 100) yield `${label} must have an autoscaling.cpuPercent from 1 to 100. It is ${cpuPercent}.`
  if (requestsPerSecond !== undefined && !isCount(requestsPerSecond)) {
    yield `${label} must have an autoscaling.requestsPerSecond that is a whole number of at least 1. It is ${requestsPerSecond}.`
  }
}

function* sizeFaults({ size, gracePeriod }: DeploymentDefinition, label: string): Faults {
  if (gracePeriod !== undefined && !isCount(gracePeriod)) {
    yield `${label} must have a gracePeriod that is a whole number of seconds. It is ${JSON.stringify(gracePeriod)}.`
  }
  const { cpu, memory } = resolveSize(size)
  yield* boundFaults('cpu', cpu, label)
  yield* boundFaults('memory', memory, label)
}

function* boundFaults(kind: 'cpu' | 'memory', { request, limit }: Required<ResourceBounds>, label: string): Faults {
  const example = kind === 'cpu' ? '50m or 1' : '128Mi'
  for (const [bound, text] of Object.entries({ request, limit })) {
    if (parseQuantity(text) === undefined) {
      yield `${label} must have a size.${kind}.${bound} that is a Kubernetes quantity like ${example}. It is ${JSON.stringify(text)}.`
    }
  }
  const [least = 0, most = Number.POSITIVE_INFINITY] = [parseQuantity(request), parseQuantity(limit)]
  if (least > most) yield `${label} must have a size.${kind}.limit of at least its request, ${request}. It is ${limit}.`
}

function* imageFaults({ image }: DeploymentDefinition, label: string): Faults {
  const { tag, digest, registry } = image ?? {}
  if (tag === 'latest') yield `${label} must not have the image tag latest, which names another image tomorrow; name a version.`
  else if (tag !== undefined && !matches(TAG, tag))
    yield `${label} must have an image.tag of letters, digits, dots, hyphens and underscores. It is ${JSON.stringify(tag)}.`
  if (digest !== undefined && !matches(DIGEST, digest))
    yield `${label} must have an image.digest like sha256: and 64 hexadecimal digits. It is ${JSON.stringify(digest)}.`
  if (registry !== undefined && !matches(/^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*$/, registry)) {
    yield `${label} must have an image.registry like registry.example.com/team, without a scheme and in lower case. It is ${JSON.stringify(registry)}.`
  }
}

function* ingressFaults({ ingress }: DeploymentDefinition, label: string): Faults {
  const { kind, className, gateway, tls } = ingress ?? {}
  if (kind === 'gateway' && !(matches(OBJECT_NAME, gateway?.name) && matches(OBJECT_NAME, gateway?.namespace)))
    yield `${label} is reached through a gateway; name it in ingress.gateway, as in { name: 'public', namespace: 'gateways' }.`
  if (className !== undefined && !matches(OBJECT_NAME, className))
    yield `${label} must have an ingress.className that names an IngressClass. It is ${JSON.stringify(className)}.`
  if (tls !== undefined && tls !== false && !matches(OBJECT_NAME, tls)) {
    yield `${label} must have an ingress.tls that names a Secret, or is false. It is ${JSON.stringify(tls)}.`
  }
}

function* networkFaults({ network = {} }: DeploymentDefinition, label: string): Faults {
  for (const [member, peers] of Object.entries(network)) {
    if (peers === undefined) continue
    if (Array.isArray(peers) && peers.every((peer) => typeof peer === 'object' && peer !== null)) continue
    yield `${label} must have a network.${member} that lists peers, as in [{ ipBlock: { cidr: '10.0.0.0/28' } }]. It is ${JSON.stringify(peers)}.`
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1
}
