import { CliError } from '../cli-error.ts'
import type { Deployment } from '../define-stack.ts'
import { lastWords } from '../program/run-program.ts'
import type { Cluster } from './cluster.ts'

/** Finds out what would make an installation fail, before anything is built or changed. @throws {CliError} naming all of it. */
export async function checkCluster(cluster: Cluster, deployments: readonly Deployment[]): Promise<void> {
  const namespaces = [...new Set(deployments.map(({ namespace }) => namespace))]
  const missing = await missingNamespaces(cluster, namespaces)
  const faults = await Promise.all([
    ...(missing.length > 0 ? [permissionFaults(cluster, undefined, ['namespaces'])] : []),
    ...deployments.map((deployment) => secretFaults(cluster, deployment, missing.includes(deployment.namespace))),
    ...namespaces.map((namespace) => permissionFaults(cluster, namespace, kindsOf(deployments.filter((one) => one.namespace === namespace)))),
  ])
  const all = faults.flat()
  if (all.length > 0) throw new CliError(`Nothing was deployed, for it would fail:\n  ${all.join('\n  ')}`)
}

/** The version of Kubernetes. @throws {CliError} when the cluster does not answer. */
export async function reachCluster(cluster: Cluster): Promise<string> {
  const { code, stdout, stderr } = await cluster.attempt('get', '--raw', '/version')
  const version = code === 0 ? /"gitVersion": *"([^"]*)"/.exec(stdout)?.[1] : undefined
  if (version !== undefined) return version
  throw new CliError(
    `The cluster does not answer; check KUBECONFIG, or name another context with --context. kubectl says:${lastWords(stderr || stdout, 1) || ' nothing.'}`,
  )
}

async function missingNamespaces(cluster: Cluster, namespaces: readonly string[]): Promise<string[]> {
  const found = await Promise.all(namespaces.map((name) => cluster.ask('get', 'namespace', name, '--ignore-not-found', '--output', 'name')))
  return namespaces.filter((_, index) => found[index]?.trim() === '')
}

/** The names of keys alone are asked for, never their values. */
async function secretFaults(cluster: Cluster, { name, namespace, secrets }: Deployment, isNew: boolean): Promise<string[]> {
  const faults = Object.entries(secrets).map(async ([configKey, { name: secret, key }]) => {
    const keys = isNew ? [] : await keysOf(cluster, namespace, secret)
    if (keys.includes(key)) return []
    return [
      `${name} reads ${configKey} from the key ${key} of the Secret ${secret}, which the namespace ${namespace} does not have; create it: kubectl create secret generic ${secret} --namespace ${namespace} --from-file=${key}=<file>`,
    ]
  })
  return (await Promise.all(faults)).flat()
}

async function keysOf(cluster: Cluster, namespace: string, secret: string): Promise<string[]> {
  const template = '{{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}'
  const listed = await cluster.ask('get', 'secret', secret, '--namespace', namespace, '--ignore-not-found', '--output', `go-template=${template}`)
  return listed.split('\n')
}

async function permissionFaults(cluster: Cluster, namespace: string | undefined, kinds: readonly string[]): Promise<string[]> {
  const place = namespace === undefined ? [] : ['--namespace', namespace]
  const answers = await Promise.all(kinds.map((kind) => cluster.attempt('auth', 'can-i', 'create', kind, ...place)))
  return kinds
    .filter((_, index) => answers[index]?.stdout.trim() !== 'yes')
    .map(
      (kind) =>
        `You may not create ${kind}${namespace === undefined ? '' : ` in the namespace ${namespace}`}; ask for the permission, or use another context.`,
    )
}

/** What a release is made of, as far as not everybody may create it. Helm keeps its own records in Secrets. */
function kindsOf(deployments: readonly Deployment[]): string[] {
  const some = (has: (deployment: Deployment) => boolean, kind: string) => (deployments.some(has) ? [kind] : [])
  return [
    ...['secrets', 'configmaps', 'services', 'serviceaccounts', 'deployments.apps', 'networkpolicies.networking.k8s.io'],
    ...some(({ ingress }) => ingress.kind === 'ingress', 'ingresses.networking.k8s.io'),
    ...some(({ autoscaling }) => autoscaling !== undefined, 'horizontalpodautoscalers.autoscaling'),
    ...some(({ storage }) => storage !== undefined, 'persistentvolumeclaims'),
    ...some(({ migration }) => migration === 'job', 'jobs.batch'),
  ]
}
