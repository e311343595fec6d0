import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { kubectl } from '../tools/kubectl.ts'

const run = promisify(execFile)

/** What kubectl prints. Rejects with what it says when it fails. */
export async function callKubectl(...args: string[]): Promise<string> {
  const { stdout } = await run(await kubectl(), [...args, '--request-timeout=10s'], { maxBuffer: 16 * 2 ** 20, timeout: 60_000 })
  return stdout
}

export interface ReachedCluster {
  version: string
  /** Helm's values that it needs beside the rendered ones, each with a reason. */
  concessions: readonly { reason: string; set: readonly string[] }[]
}

/** The cluster that KUBECONFIG leads to; undefined where it leads to none that answers. */
export async function reachCluster(): Promise<ReachedCluster | undefined> {
  if (!process.env.KUBECONFIG) return undefined
  const answer = await callKubectl('get', '--raw', '/version').catch(() => undefined)
  if (answer === undefined) return undefined
  const { gitVersion } = JSON.parse(answer) as { gitVersion: string }
  return { version: gitVersion, concessions: [...ageConcessions(gitVersion), ...(await storageConcessions())] }
}

/** autoscaling/v2 came with 1.23, and what a PodDisruptionBudget of the chart says of unhealthy pods with 1.27. */
function ageConcessions(version: string): ReachedCluster['concessions'] {
  const minor = Number(/^v1\.(\d+)/.exec(version)?.[1])
  return minor >= 27
    ? []
    : [{ reason: `${version} is too old for autoscaling and budgets`, set: ['autoscaling.enabled=false', 'disruptionBudget.enabled=false'] }]
}

async function storageConcessions(): Promise<ReachedCluster['concessions']> {
  const classes = await callKubectl('get', 'storageclasses', '--output', 'json')
  if (classes.includes('"storageclass.kubernetes.io/is-default-class": "true"')) return []
  return [
    {
      reason: 'it has no default StorageClass, so that SQLite keeps its file in /tmp',
      set: ['storage.enabled=false', 'config.DATABASE_URL=sqlite:/tmp/test.db'],
    },
  ]
}
