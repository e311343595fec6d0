import { Command } from 'commander'
import type { DeploymentStatus } from '../deploy/read-status.ts'
import { findProject } from '../find-project.ts'
import { createPaint, type Style } from '../paint.ts'
import { renderTable } from '../render/table.ts'
import { addClusterOptions, type ClusterCommandOptions } from './add-cluster-options.ts'
import { addExamples } from './add-examples.ts'

/** `slipway status`: how deployments are on the cluster. */
export function createStatusCommand(): Command {
  const command = addClusterOptions(
    new Command('status')
      .summary('say how deployments are on the cluster')
      .description(
        'Tells of each deployment which image it runs, how many of its pods are ready, how often they were restarted, and where it answers.',
      )
      .argument('[deployment...]', 'names in slipway.config.ts (default: all)'),
  ).action(showStatus)
  return addExamples(command, [
    ['slipway status', 'of the whole stack'],
    ['slipway status customer-a --json', 'of one deployment, for a script'],
  ])
}

async function showStatus(names: string[], { environment, context, requestTimeout, json }: ClusterCommandOptions): Promise<void> {
  const { chooseDeployments } = await import('../deploy/choose-deployments.ts')
  const { createCluster } = await import('../deploy/cluster.ts')
  const { reachCluster } = await import('../deploy/preflight.ts')
  const { readStatus } = await import('../deploy/read-status.ts')
  const { urlOf } = await import('../deploy/url-of.ts')
  const deployments = await chooseDeployments({ project: findProject(), names, environment })
  const cluster = await createCluster({ context, seconds: requestTimeout })
  await reachCluster(cluster)
  const statuses = await Promise.all(deployments.map((deployment) => readStatus(cluster, deployment, urlOf(deployment))))
  console.log(json ? JSON.stringify(statuses) : describe(statuses))
}

const HEADINGS = ['DEPLOYMENT', 'STATE', 'READY', 'RESTARTS', 'IMAGE', 'ANSWERS AT']
const STYLES: Readonly<Record<DeploymentStatus['state'], Style>> = { ready: 'green', rolling: 'yellow', 'not ready': 'red', 'not deployed': 'dim' }

function describe(statuses: readonly DeploymentStatus[]): string {
  const paint = createPaint(process.stdout)
  const rows = statuses.map(({ deployment, state, ready, desired, restarts, image = '', url = '' }) => {
    const counts = state === 'not deployed' ? ['', ''] : [`${ready}/${desired}`, String(restarts)]
    return [paint('bold', deployment), paint(STYLES[state], state), ...counts, image, paint('cyan', url)]
  })
  const [headings = '', ...lines] = renderTable([HEADINGS, ...rows])
  return [paint('dim', headings), ...lines].join('\n')
}
