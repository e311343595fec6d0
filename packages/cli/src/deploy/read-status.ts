import type { Deployment } from '../define-stack.ts'
import type { Cluster } from './cluster.ts'
import { isReady, podsOf } from './watch-pods.ts'

export interface DeploymentStatus {
  deployment: string
  namespace: string
  host: string
  state: 'ready' | 'not ready' | 'rolling' | 'not deployed'
  ready: number
  desired: number
  /** Of all its pods. */
  restarts: number
  /** What new pods run; absent where it is not deployed. */
  image?: string
  url?: string
}

interface DeploymentManifest {
  metadata: { generation: number }
  spec: { replicas: number; template: { spec: { containers: { image: string }[] } } }
  status: { observedGeneration?: number; readyReplicas?: number; updatedReplicas?: number; replicas?: number }
}

/** How a deployment is on the cluster. */
export async function readStatus(
  cluster: Cluster,
  { service, name, namespace, host }: Deployment,
  url: string | undefined,
): Promise<DeploymentStatus> {
  const place = { deployment: name, namespace, host }
  const found = await cluster.ask('get', 'deployment.apps', name, '--namespace', namespace, '--ignore-not-found', '--output', 'json')
  if (found.trim() === '') return { ...place, state: 'not deployed', ready: 0, desired: 0, restarts: 0 }
  const manifest = JSON.parse(found) as DeploymentManifest
  // The pod of a migration bears another name, and is none of those that answer.
  const pods = (await podsOf(cluster, name, namespace)).filter(({ metadata }) => metadata.labels['app.kubernetes.io/name'] === service.name)
  const containers = pods.flatMap(({ status }) => status.containerStatuses ?? [])
  const image = manifest.spec.template.spec.containers[0]?.image
  return {
    ...place,
    state: stateOf(manifest),
    ready: pods.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined).length,
    desired: manifest.spec.replicas,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...(image !== undefined && { image }),
    ...(url !== undefined && { url }),
  }
}

function stateOf({ metadata, spec, status }: DeploymentManifest): DeploymentStatus['state'] {
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, replicas = 0 } = status
  if (observedGeneration < metadata.generation || updatedReplicas < spec.replicas || replicas > updatedReplicas) return 'rolling'
  return readyReplicas >= spec.replicas ? 'ready' : 'not ready'
}
