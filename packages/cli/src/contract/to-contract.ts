import { configKeys, describeConfig, type Service, toConfigSchema } from '@slipway/chassis'
import type { Deployment } from '../define-stack.ts'
import { resolveSize } from '../resolve-needs.ts'
import {
  CONTRACT_VERSION,
  type ConfigContract,
  type Contract,
  type DeploymentContract,
  type MetricContract,
  type ProbesContract,
} from './contract.ts'
import { previewDeployment } from './preview-deployment.ts'
import { toLifecycle } from './to-lifecycle.ts'
import { resourcesOf, telemetryNeeds } from './to-network.ts'
import { routesOf } from './to-routes.ts'

export interface ContractSource {
  service: Service
  version: string
  /** One of the service; without it the contract is of the service with its defaults. */
  deployment?: Deployment | undefined
}

const PORTS = { PORT: 8080, MANAGEMENT_PORT: 8081 } as const

/** A start may wait for a database: it has a minute. A pod that hangs is restarted after half of one, and out of service before that. */
const PROBES: ProbesContract = {
  startup: { path: '/startupz', port: 'MANAGEMENT_PORT', periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 30 },
  readiness: { path: '/readyz', port: 'MANAGEMENT_PORT', periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 2 },
  liveness: { path: '/livez', port: 'MANAGEMENT_PORT', periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 },
}

/** Nothing is written but to /tmp, and the log, which the node keeps. */
const EPHEMERAL_STORAGE = { request: '64Mi', limit: '256Mi' }

/** The contract of a service, or of one of its deployments. Pure; what is wrong with a deployment's config is said by `checkDeployments`. */
export function toContract({ service, version, deployment }: ContractSource): Contract {
  const { values } = previewDeployment(service, deployment)
  return {
    contractVersion: CONTRACT_VERSION,
    service: { name: service.name, summary: service.summary, version },
    ...(deployment && { deployment: toDeploymentContract(deployment) }),
    config: configOf(service),
    routes: routesOf(service, version),
    resources: resourcesOf(service, values, deployment?.secrets ?? {}),
    metrics: metricsOf(service),
    telemetry: { network: telemetryNeeds(values.base ?? {}) },
    ports: PORTS,
    probes: PROBES,
    lifecycle: toLifecycle(service, values.base ?? {}, deployment),
    size: { ...(deployment?.size ?? resolveSize()), ephemeralStorage: EPHEMERAL_STORAGE },
  }
}

function toDeploymentContract(deployment: Deployment): DeploymentContract {
  const { name, namespace, host, config, secrets, replicas, autoscaling, storage, image, ingress, network, migration, monitoring } = deployment
  const scale = { ...(replicas !== undefined && { replicas }), ...(autoscaling && { autoscaling }), ...(storage && { storage }) }
  return { name, namespace, host, config, secrets, ...scale, image, ingress, network, migration, monitoring }
}

function metricsOf({ metrics }: Service): MetricContract[] {
  return Object.values(metrics).map(({ name, kind, help, labels = [] }) => ({ name, kind, help, labels }))
}

function configOf(service: Service): ConfigContract[] {
  const descriptions = describeConfig(service)
  return configKeys(service).map((one, index) => {
    const { description = '', isRequired = false, default: value } = descriptions[index] ?? {}
    const { key, owner, isSecret } = one
    return { key, owner, description, schema: toConfigSchema(one), isSecret, isRequired, ...(value !== undefined && { default: value }) }
  })
}
