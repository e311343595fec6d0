import type { JsonSchema, NetworkNeed } from '@slipway/chassis'
import type { ResolvedNeeds } from '../cluster-needs.ts'

/** Goes up when a reader of the one before would misread it; contract.schema.json says what each version holds. */
export const CONTRACT_VERSION = 1

/** What a service and its entry in the stack boil down to: every derived file is rendered from contracts, and from nothing else. */
export interface Contract {
  contractVersion: typeof CONTRACT_VERSION
  service: { name: string; summary: string; version: string }
  /** Absent where the contract is of a service alone. */
  deployment?: DeploymentContract
  config: readonly ConfigContract[]
  routes: readonly RouteContract[]
  resources: readonly ResourceContract[]
  metrics: readonly MetricContract[]
  telemetry: { network: readonly NetworkNeed[] }
  ports: { PORT: number; MANAGEMENT_PORT: number }
  probes: ProbesContract
  lifecycle: LifecycleContract
  size: SizeContract
}

export interface DeploymentContract extends Omit<ResolvedNeeds, 'size' | 'replicas' | 'autoscaling' | 'storage' | 'gracePeriod'> {
  name: string
  namespace: string
  host: string
  /** What differs from the defaults, as text. */
  config: Readonly<Record<string, string>>
  replicas?: number
  autoscaling?: NonNullable<ResolvedNeeds['autoscaling']>
  storage?: NonNullable<ResolvedNeeds['storage']>
}

export interface ConfigContract {
  key: string
  /** `service`, `base`, or a resource's name. */
  owner: string
  description: string
  schema: JsonSchema
  isSecret: boolean
  isRequired: boolean
  /** As text; absent where there is none, or where it is secret itself. */
  default?: string
}

export interface RouteContract {
  method: string
  path: string
  summary: string
  /** Of its body; empty where it has none. */
  accepts: readonly string[]
  /** All that the API document lists, those of errors included. */
  statuses: readonly number[]
  /** Seconds; absent where REQUEST_DEADLINE holds. */
  deadline?: number
  isDeprecated: boolean
}

export interface ResourceContract {
  name: string
  kind: string
  configKeys: readonly string[]
  network: readonly NetworkNeed[]
  /** Whether its store is migrated. */
  hasSchema: boolean
}

/** What the service itself counts or measures, beside what every service does. */
export interface MetricContract {
  name: string
  kind: 'counter' | 'gauge' | 'histogram'
  help: string
  labels: readonly string[]
}

export interface ProbeContract {
  path: string
  port: 'MANAGEMENT_PORT'
  periodSeconds: number
  timeoutSeconds: number
  failureThreshold: number
}

export type ProbesContract = Readonly<Record<'startup' | 'readiness' | 'liveness', ProbeContract>>

/** Seconds. */
export interface LifecycleContract {
  drainDelay: number
  drainTimeout: number
  longestDeadline: number
  /** For closing resources and flushing telemetry. */
  slack: number
  /** From SIGTERM to SIGKILL: `drainDelay + drainTimeout + slack`, or more where the deployment says so. */
  gracePeriod: number
}

export interface SizeContract {
  cpu: { request: string; limit: string }
  memory: { request: string; limit: string }
  ephemeralStorage: { request: string; limit: string }
}
