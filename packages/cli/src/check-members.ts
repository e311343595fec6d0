import { closestKey } from '@slipway/chassis'
import type {
  AutoscalingDefinition,
  ImageDefinition,
  IngressDefinition,
  NetworkDefinition,
  ResourceBounds,
  SizeDefinition,
  StorageDefinition,
} from './cluster-needs.ts'
import type { DeploymentDefinition } from './define-stack.ts'
import { valueAt } from './value-at.ts'

/** What is in each part of a deployment, by its path. What a compiler would find goes unnoticed otherwise: Node runs the stack without one. */
const MEMBERS = {
  '': membersOf<DeploymentDefinition>({
    service: true,
    name: true,
    namespace: true,
    host: true,
    port: true,
    config: true,
    secrets: true,
    replicas: true,
    autoscaling: true,
    size: true,
    storage: true,
    gracePeriod: true,
    image: true,
    ingress: true,
    network: true,
    migration: true,
    monitoring: true,
  }),
  autoscaling: membersOf<AutoscalingDefinition>({ min: true, max: true, cpuPercent: true, requestsPerSecond: true }),
  size: membersOf<SizeDefinition>({ cpu: true, memory: true }),
  'size.cpu': membersOf<ResourceBounds>({ request: true, limit: true }),
  'size.memory': membersOf<ResourceBounds>({ request: true, limit: true }),
  storage: membersOf<StorageDefinition>({ size: true, className: true }),
  image: membersOf<ImageDefinition>({ registry: true, tag: true, digest: true, runtime: true, pullPolicy: true, pullSecrets: true }),
  ingress: membersOf<IngressDefinition>({ kind: true, className: true, tls: true, gateway: true, annotations: true }),
  network: membersOf<NetworkDefinition>({ ingressFrom: true, managementFrom: true }),
}

/** A sentence for each member of a deployment that there is no such thing as, with the one that was most likely meant. */
export function* memberFaults(deployment: DeploymentDefinition, label: string): Iterable<string> {
  for (const [path, known] of Object.entries(MEMBERS)) {
    for (const name of Object.keys(partAt(deployment, path))) {
      if (known.includes(name)) continue
      const place = path === '' ? '' : `${path}.`
      // It is made for environment variables, and knows names in capitals.
      const meant = known.find((one) => closestKey(name, [one.toUpperCase()]) !== undefined)
      const remedy = meant === undefined ? `There are ${known.map((one) => place + one).join(', ')}.` : `Did you mean ${place}${meant}?`
      yield `${label} has ${place}${name}, which a deployment does not have. ${remedy}`
    }
  }
}

function partAt(deployment: object, path: string): object {
  const part = valueAt(deployment, path)
  return typeof part === 'object' && part !== null ? part : {}
}

/** A member that is added to a type and not here does not compile. */
function membersOf<Part>(members: { [Name in keyof Required<Part>]: true }): readonly string[] {
  return Object.keys(members)
}
