import { CliError } from '../cli-error.ts'
import type { Deployment } from '../define-stack.ts'
import { lastWords } from '../program/run-program.ts'
import type { Cluster } from './cluster.ts'

export interface RemoveOptions {
  /** How long its pods may take to end. */
  seconds: number
  /** Whether its volume goes, too, and with it what the service has stored. */
  volumes: boolean
}

export interface Removed {
  deployment: string
  namespace: string
  /** False where it was not there. */
  wasDeployed: boolean
  volume: 'removed' | 'kept' | 'none'
}

/** Removes a deployment from the cluster, and waits until its pods have ended. Its namespace stays. */
export async function removeRelease(cluster: Cluster, { name, namespace }: Deployment, { seconds, volumes }: RemoveOptions): Promise<Removed> {
  const status = await cluster.attemptHelm(['status', name, '--namespace', namespace, '--output', 'json'])
  const wasDeployed = status.code === 0
  if (!wasDeployed && !/release: not found/.test(status.stderr))
    throw new CliError(`Helm can't tell whether ${name} is there:${lastWords(status.stderr, 2)}`)
  if (wasDeployed) await uninstall(cluster, name, namespace, seconds)
  const volume = await cluster.ask('get', 'persistentvolumeclaim', name, '--namespace', namespace, '--ignore-not-found', '--output', 'name')
  if (volume.trim() === '') return { deployment: name, namespace, wasDeployed, volume: 'none' }
  if (volumes) await cluster.ask('delete', 'persistentvolumeclaim', name, '--namespace', namespace, '--wait=false')
  return { deployment: name, namespace, wasDeployed, volume: volumes ? 'removed' : 'kept' }
}

async function uninstall(cluster: Cluster, name: string, namespace: string, seconds: number): Promise<void> {
  // Else a Deployment is gone at once, and Helm's wait is over while its pods are still serving.
  const options = ['--namespace', namespace, '--cascade', 'foreground', '--wait', '--timeout', `${seconds}s`]
  const { code, stderr } = await cluster.attemptHelm(['uninstall', name, ...options], { seconds: seconds + 30 })
  if (code !== 0) throw new CliError(`${name} could not be removed; Helm says:${lastWords(stderr, 3)}`)
}
