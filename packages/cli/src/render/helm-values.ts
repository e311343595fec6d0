import { Scalar, stringify } from 'yaml'
import type { Contract, DeploymentContract, LifecycleContract, ProbeContract } from '../contract/contract.ts'
import { leastGracePeriod } from '../contract/to-lifecycle.ts'
import type { DeployedContract, Placed } from './render-deployment.ts'
import { MARK } from './rendered-files.ts'
import { cachePercentOf, egressOf, slowRoutesOf } from './service-values.ts'

/** All text is quoted: Helm's reader takes more for numbers and truths than either version of YAML, `no` and `0o17` among them. */
const YAML = { version: '1.1', lineWidth: 0, defaultStringType: Scalar.QUOTE_DOUBLE, defaultKeyType: Scalar.PLAIN } as const

/** Config that the chart sets by itself, from the values of the same meaning. */
const LIFECYCLE_KEYS = new Set(['DRAIN_DELAY', 'DRAIN_TIMEOUT'])

/** The Helm values of one deployment, for chart/: all that its contract says, so that the chart's own defaults hold for Helm alone. */
export function renderHelmValues(contract: DeployedContract, { folder, place }: Pick<Placed, 'folder' | 'place'>): string {
  const { deployment } = contract
  const head = [
    `# ${MARK} render from the contract of ${deployment.name}${place}. Don't edit it here: change slipway.config.ts or deploy/.`,
    `# helm upgrade --install ${deployment.name} chart --namespace ${deployment.namespace} --values ${folder}/${deployment.name}/values.yaml`,
  ]
  return `${head.join('\n')}\n${stringify(toValues(contract), YAML)}`
}

function toValues(contract: DeployedContract): object {
  const { deployment, service, ports, probes, lifecycle, size } = contract
  const { image, ingress, migration, monitoring } = deployment
  return {
    service: { name: service.name },
    image: { ...image, tag: image.tag ?? service.version },
    config: toConfig(deployment),
    secrets: Object.fromEntries(Object.entries(deployment.secrets).map(([key, reference]) => [key, { name: reference.name, key: reference.key }])),
    ports: { http: ports.PORT, management: ports.MANAGEMENT_PORT },
    probes: Object.fromEntries(Object.entries(probes).map(([kind, probe]) => [kind, toProbe(probe)])),
    lifecycle: toLifecycleValues(lifecycle),
    resources: { requests: boundsOf(size, 'request'), limits: boundsOf(size, 'limit') },
    memory: { cachePercent: cachePercentOf(contract) },
    ...scaleOf(deployment),
    storage: deployment.storage ? { enabled: true, ...deployment.storage } : { enabled: false },
    migration: { enabled: migration === 'job' },
    network: { egress: egressOf(contract), ...deployment.network },
    route: toRoute(deployment.host, ingress),
    monitoring: {
      serviceMonitor: { enabled: monitoring },
      rules: { enabled: monitoring, slowRoutes: slowRoutesOf(contract) },
      dashboard: { enabled: monitoring },
    },
  }
}

function toConfig({ config }: DeploymentContract): object {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !LIFECYCLE_KEYS.has(key)))
}

/** The chart adds its parts up by itself. */
function toLifecycleValues({ longestDeadline, gracePeriod, ...parts }: LifecycleContract): object {
  return gracePeriod === leastGracePeriod({ longestDeadline, ...parts }) ? parts : { ...parts, gracePeriod }
}

/** Without its port, which is the management port of each. */
function toProbe({ path, periodSeconds, timeoutSeconds, failureThreshold }: ProbeContract): object {
  return { path, periodSeconds, timeoutSeconds, failureThreshold }
}

function boundsOf({ cpu, memory, ephemeralStorage }: Contract['size'], bound: 'request' | 'limit'): object {
  return { cpu: cpu[bound], memory: memory[bound], 'ephemeral-storage': ephemeralStorage[bound] }
}

function scaleOf({ autoscaling, replicas }: DeploymentContract): object {
  return autoscaling ? { autoscaling: { enabled: true, ...autoscaling } } : { replicas, autoscaling: { enabled: false } }
}

function toRoute(host: string, { kind, className, tls, gateway, annotations }: DeploymentContract['ingress']): object {
  return {
    kind,
    host,
    ...(className !== undefined && { className }),
    ...(tls !== undefined && { tls: tls === false ? { enabled: false } : { enabled: true, secretName: tls } }),
    ...(gateway && { gateway }),
    ...(annotations && { annotations }),
  }
}
