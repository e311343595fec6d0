import { Command, Option } from 'commander'
import { CliError, EXIT_USAGE } from '../cli-error.ts'
import type { Deployment } from '../define-stack.ts'
import type { Removed } from '../deploy/remove-release.ts'
import { findProject } from '../find-project.ts'
import { createProgress } from '../progress.ts'
import { addClusterOptions, type ClusterCommandOptions } from './add-cluster-options.ts'
import { addExamples } from './add-examples.ts'
import { askYes } from './ask-yes.ts'
import { parseSeconds } from './parse-seconds.ts'

interface Options extends ClusterCommandOptions {
  volumes?: boolean
  yes?: boolean
  timeout: number
}

/** `slipway remove`: deployments, off the cluster. */
export function createRemoveCommand(): Command {
  const command = addClusterOptions(
    new Command('remove')
      .summary('take deployments off the cluster')
      .description('Has Helm uninstall each deployment, and waits until its pods have ended. Volumes and namespaces stay.')
      .argument('<deployment...>', 'names in slipway.config.ts')
      .option('--volumes', 'remove their volumes, too, with all that is stored there')
      .option('-y, --yes', "don't ask")
      .addOption(new Option('--timeout <seconds>', 'how long pods may take to end').argParser(parseSeconds).default(120)),
  ).action(removeDeployments)
  return addExamples(command, [
    ['slipway remove customer-a customer-b', 'after a question'],
    ['slipway remove configs --volumes --yes', 'and its data, without one'],
  ])
}

async function removeDeployments(names: string[], options: Options): Promise<void> {
  const { chooseDeployments } = await import('../deploy/choose-deployments.ts')
  const { createCluster } = await import('../deploy/cluster.ts')
  const { reachCluster } = await import('../deploy/preflight.ts')
  const { removeRelease } = await import('../deploy/remove-release.ts')
  const { environment, context, requestTimeout, volumes = false, timeout: seconds } = options
  const deployments = await chooseDeployments({ project: findProject(), names, environment })
  const cluster = await createCluster({ context, seconds: requestTimeout })
  await reachCluster(cluster)
  await confirm(deployments, options, cluster.context ?? 'at hand')
  const progress = createProgress()
  const removed: Removed[] = []
  for (const deployment of deployments)
    removed.push(await progress.step(deployment.name, () => removeRelease(cluster, deployment, { seconds, volumes }), describe))
  if (options.json) console.log(JSON.stringify(removed))
}

async function confirm(deployments: readonly Deployment[], { yes, volumes }: Options, context: string): Promise<void> {
  if (yes) return
  const what = `${deployments.map(({ name }) => name).join(', ')}${volumes ? ', with all that is stored in their volumes,' : ''} from the cluster ${context}`
  if (!process.stdin.isTTY) throw new CliError(`Nobody can be asked here whether to remove ${what}; say so with --yes.`, EXIT_USAGE)
  const isAgreed = await askYes(`Remove ${what}? [y/N] `, { input: process.stdin, output: process.stderr })
  if (!isAgreed) throw new CliError('Nothing was removed.')
}

function describe({ wasDeployed, volume }: Removed): string {
  const release = wasDeployed ? 'removed' : 'was not there'
  if (volume === 'none') return release
  return `${release}; its volume ${volume === 'kept' ? 'stays, --volumes removes it' : 'was removed'}`
}
