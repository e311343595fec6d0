import { CliError } from '../cli-error.ts'
import type { Deployment } from '../define-stack.ts'
import { showCommand } from '../program/command-line.ts'
import { lastWords } from '../program/run-program.ts'
import type { Cluster } from './cluster.ts'

/**
 * Finds out what would make an installation fail, before anything is built or changed. Resolves to the namespaces that are missing.
 *
 * @param namespacesFile - what they are made from
 * @throws {CliError} naming all of it.
 */
export async function checkCluster(cluster: Cluster, deployments: readonly Deployment[], namespacesFile: string): Promise<{ missing: string[] }> {
  const namespaces = [...new Set(deployments.map(({ namespace }) => namespace))]
  const missing = await missingNamespaces(cluster, namespaces)
  const place = { missing, namespacesFile }
  const faults = await Promise.all([
    ...(missing.length > 0 ? [permissionFaults(cluster, undefined, ['namespaces'])] : []),
    ...deployments.map((deployment) => secretFaults(cluster, deployment, place)),
    ...namespaces.map((namespace) => permissionFaults(cluster, namespace, kindsOf(deployments.filter((one) => one.namespace === namespace)))),
    extensionFaults(cluster, deployments),
  ])
  const all = faults.flat()
  if (all.length > 0) throw new CliError(`Nothing was deployed, for it would fail:\n  ${all.join('\n  ')}`)
  return { missing }
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
async function secretFaults(
  cluster: Cluster,
  { name, namespace, secrets }: Deployment,
  { missing, namespacesFile }: { missing: readonly string[]; namespacesFile: string },
): Promise<string[]> {
  const isNew = missing.includes(namespace)
  const first = isNew
    ? `make the namespace first: ${showCommand(cluster.kubectl('apply', '--filename', namespacesFile))}, then the Secret`
    : 'create it'
  const faults = Object.entries(secrets).map(async ([configKey, { name: secret, key }]) => {
    const keys = isNew ? [] : await keysOf(cluster, namespace, secret)
    if (keys.includes(key)) return []
    return [
      `${name} reads ${configKey} from the key ${key} of the Secret ${secret}, which the namespace ${namespace} does not have; ${first}: kubectl create secret generic ${secret} --namespace ${namespace} --from-file=${key}=<file>`,
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
    ...[
      'secrets',
      'configmaps',
      'services',
      'serviceaccounts',
      'deployments.apps',
      'networkpolicies.networking.k8s.io',
      'poddisruptionbudgets.policy',
    ],
    ...some(({ ingress }) => ingress.kind === 'ingress', 'ingresses.networking.k8s.io'),
    ...some(({ autoscaling }) => autoscaling !== undefined, 'horizontalpodautoscalers.autoscaling'),
    ...some(({ storage }) => storage !== undefined, 'persistentvolumeclaims'),
    ...some(({ migration }) => migration === 'job', 'jobs.batch'),
    ...EXTENSIONS.flatMap(({ kinds, isNeeded }) => kinds.flatMap((kind) => some(isNeeded, kind))),
  ]
}

/** Kinds that a cluster has only where somebody has installed them. */
const EXTENSIONS: readonly { kinds: readonly string[]; isNeeded(deployment: Deployment): boolean; remedy: string }[] = [
  {
    kinds: ['servicemonitors.monitoring.coreos.com', 'prometheusrules.monitoring.coreos.com'],
    isNeeded: ({ monitoring }) => monitoring,
    remedy: 'install the Prometheus operator, or leave monitoring out of the stack',
  },
  {
    kinds: ['httproutes.gateway.networking.k8s.io'],
    isNeeded: ({ ingress }) => ingress.kind === 'gateway',
    remedy: 'install the Gateway API, or choose another ingress.kind in the stack',
  },
]

async function extensionFaults(cluster: Cluster, deployments: readonly Deployment[]): Promise<string[]> {
  const faults = EXTENSIONS.filter(({ isNeeded }) => deployments.some(isNeeded)).map(async ({ kinds, remedy }) => {
    const group = kinds[0]?.replace(/^\w+\./, '') ?? ''
    const { stdout } = await cluster.attempt('api-resources', '--api-group', group, '--output', 'name')
    const known = stdout.split('\n')
    return kinds.filter((kind) => !known.includes(kind)).map((kind) => `The cluster has no ${kind}; ${remedy}.`)
  })
  return (await Promise.all(faults)).flat()
}
