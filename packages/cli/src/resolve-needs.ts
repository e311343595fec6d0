import { configKeys, type Service } from '@slipway/chassis'
import type { ClusterNeeds, IngressDefinition, ResolvedNeeds, SizeDefinition } from './cluster-needs.ts'

interface Subject extends ClusterNeeds {
  service: Service
  name: string
  config?: Readonly<Record<string, unknown>>
}

export const DEFAULT_AUTOSCALING = Object.freeze({ min: 2, max: 6, cpuPercent: 70 })
/** An idle service needs 60 to 100 MB; a whole core as limit lets a start and a collection of garbage pass unthrottled. */
const DEFAULT_CPU = { request: '50m', limit: '1' }
const DEFAULT_MEMORY = { request: '128Mi', limit: '256Mi' }
const DEFAULT_REGISTRY = 'localhost/slipway'
const DEFAULT_STORAGE_SIZE = '1Gi'

/** What a deployment needs on the cluster, every default filled in. */
export function resolveNeeds(subject: Subject): ResolvedNeeds {
  const { service, name, secrets = {}, image: { registry = DEFAULT_REGISTRY, ...image } = {}, migration = 'start', monitoring = false } = subject
  const storage = subject.storage ?? (storesInFile(subject) ? {} : undefined)
  return deepFreeze({
    secrets: structuredClone(secrets),
    ...scaleOf(subject, storage !== undefined),
    size: resolveSize(subject.size),
    gracePeriod: subject.gracePeriod,
    storage: storage && { size: DEFAULT_STORAGE_SIZE, ...storage },
    image: { repository: `${registry}/${service.name}`, runtime: 'native', pullPolicy: 'Always', ...image },
    ingress: resolveIngress(name, subject.ingress),
    network: structuredClone(subject.network ?? {}),
    migration,
    monitoring,
  })
}

export function resolveSize({ cpu, memory }: SizeDefinition = {}): ResolvedNeeds['size'] {
  return { cpu: { ...DEFAULT_CPU, ...cpu }, memory: { ...DEFAULT_MEMORY, ...memory } }
}

/** Whether the service has a database and nothing says where another one than the embedded SQLite is. */
export function storesInFile({ service, secrets = {}, config = {} }: Subject): boolean {
  return hasDatabase(service) && secrets.DATABASE_URL === undefined && config.DATABASE_URL_FILE === undefined
}

/** Whether one of the service's resources is a database. */
export function hasDatabase(service: Service): boolean {
  return configKeys(service).some(({ key, owner }) => key === 'DATABASE_URL' && owner !== 'service')
}

function scaleOf({ replicas, autoscaling }: Subject, hasStorage: boolean): Pick<ResolvedNeeds, 'replicas' | 'autoscaling'> {
  if (hasStorage) return { replicas: 1, autoscaling: undefined }
  if (replicas !== undefined) return { replicas, autoscaling: undefined }
  return { replicas: undefined, autoscaling: { ...DEFAULT_AUTOSCALING, ...autoscaling } }
}

function resolveIngress(name: string, definition: IngressDefinition = {}): ResolvedNeeds['ingress'] {
  const { kind = 'ingress' } = definition
  return kind === 'ingress' ? { kind, className: 'traefik', tls: `${name}-tls`, ...definition } : { ...definition, kind }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part)
    Object.freeze(value)
  }
  return value
}
