import { setTimeout as sleep } from 'node:timers/promises'
import { lastWords } from '../program/run-program.ts'
import type { Cluster } from './cluster.ts'

export interface Pod {
  metadata: { name: string; creationTimestamp: string; deletionTimestamp?: string; labels: Readonly<Record<string, string>> }
  status: { phase: string; conditions?: { type: string; status: string }[]; containerStatuses?: ContainerStatus[] }
}

interface ContainerStatus {
  image: string
  ready: boolean
  restartCount: number
  state: { waiting?: { reason: string; message?: string }; terminated?: { reason: string; exitCode: number } }
}

/** Looks at the pods of a release while Helm waits for them: once it has rolled back, those that failed are gone. */
export interface PodWatch {
  /** Stops looking; resolves to what is known of a pod that did not become ready, indented, or to nothing. */
  end(): Promise<string>
}

const PERIOD_MILLISECONDS = 2_000
const LOG_LINES = 15

export function watchPods(cluster: Cluster, { name, namespace }: { name: string; namespace: string }, say: (detail: string) => void): PodWatch {
  let trouble = { pod: '', reason: '', log: '' }
  const over = new AbortController()
  const look = async () => {
    const pods = await podsOf(cluster, name, namespace)
    const present = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    say(`${present.filter(isReady).length} of ${present.length} pods ready`)
    const troubled = newest(present.filter((pod) => !isReady(pod) && pod.status.phase !== 'Succeeded'))
    if (!troubled) return
    const pod = troubled.metadata.name
    const log = await logOf(cluster, namespace, troubled)
    // What was heard last counts: a container that waits to be started again has nothing to say.
    trouble = { pod, reason: reasonOf(troubled), log: log || (trouble.pod === pod ? trouble.log : '') }
  }
  const looking = (async () => {
    while (!over.signal.aborted) {
      // A look that fails is none; Helm's own answer is what counts.
      await look().catch(() => {})
      await sleep(PERIOD_MILLISECONDS, undefined, { signal: over.signal }).catch(() => {})
    }
  })()
  return {
    async end() {
      over.abort()
      await looking
      return trouble.pod === '' ? '' : describe(trouble, await eventsOf(cluster, namespace, trouble.pod).catch(() => ''))
    },
  }
}

/** The pods of a deployment, those of its migration included. */
export async function podsOf(cluster: Cluster, name: string, namespace: string): Promise<Pod[]> {
  const { items } = await cluster.read<{ items: Pod[] }>(
    ...['get', 'pods', '--namespace', namespace, '--selector', `app.kubernetes.io/instance=${name}`, '--output', 'json'],
  )
  return items
}

export function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') ?? false
}

function newest(pods: readonly Pod[]): Pod | undefined {
  return pods.toSorted((one, other) => one.metadata.creationTimestamp.localeCompare(other.metadata.creationTimestamp)).at(-1)
}

function reasonOf({ status: { phase, containerStatuses = [] } }: Pod): string {
  for (const { state } of containerStatuses) {
    if (state.waiting) return `${state.waiting.reason}${state.waiting.message ? `: ${state.waiting.message}` : ''}`
    if (state.terminated) return `${state.terminated.reason}, exit code ${state.terminated.exitCode}`
  }
  return `${phase}, not ready`
}

async function logOf(cluster: Cluster, namespace: string, { metadata, status }: Pod): Promise<string> {
  const containers = status.containerStatuses ?? []
  const hasStarted = containers.some(({ restartCount, state }) => restartCount > 0 || state.waiting === undefined)
  if (!hasStarted) return ''
  const isWaiting = containers.some(({ state }) => state.waiting !== undefined)
  const { stdout } = await cluster.attempt(
    ...['logs', metadata.name, '--namespace', namespace, '--tail', String(LOG_LINES), ...(isWaiting ? ['--previous'] : [])],
  )
  return stdout
}

async function eventsOf(cluster: Cluster, namespace: string, pod: string): Promise<string> {
  const { items } = await cluster.read<{ items: { type: string; reason: string; message: string }[] }>(
    ...['get', 'events', '--namespace', namespace, '--field-selector', `involvedObject.name=${pod}`, '--output', 'json'],
  )
  const warnings = items.filter(({ type }) => type !== 'Normal').map(({ reason, message }) => `${reason}: ${message.trim()}`)
  return [...new Set(warnings)].join('\n')
}

function describe({ pod, reason, log }: { pod: string; reason: string; log: string }, events: string): string {
  return [
    `\nThe pod ${pod}: ${reason}`,
    ...(events === '' ? [] : [`Its events:${lastWords(events)}`]),
    ...(log === '' ? [] : [`Its last log lines:${lastWords(log, LOG_LINES)}`]),
  ].join('\n')
}
