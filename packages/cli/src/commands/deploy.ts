import { Command, InvalidArgumentError, Option } from 'commander'
import { ownPlatform, PLATFORMS } from '../build/build-service.ts'
import { CliError, EXIT_USAGE } from '../cli-error.ts'
import type { Deployed, PlannedCommand } from '../deploy/deploy-stack.ts'
import { type ImageReference, parseImageReference } from '../deploy/image-reference.ts'
import { findProject } from '../find-project.ts'
import { ENGINE_NAMES } from '../image/find-engine.ts'
import { createPaint } from '../paint.ts'
import { showCommand } from '../program/command-line.ts'
import { createProgress } from '../progress.ts'
import { renderTable } from '../render/table.ts'
import { addClusterOptions, type ClusterCommandOptions } from './add-cluster-options.ts'
import { addExamples } from './add-examples.ts'
import { parseSeconds } from './parse-seconds.ts'

interface Options extends ClusterCommandOptions {
  image?: ImageReference
  tag?: string
  push?: string | true
  load?: string
  engine?: string
  base?: string
  platform: string
  set: string[]
  timeout: number
  imageTimeout: number
  dryRun?: boolean
}

const SOURCES = ['image', 'tag', 'push', 'load']
const except = (...names: string[]) => SOURCES.filter((one) => !names.includes(one))

/** `slipway deploy`: deployments of the stack, onto the cluster. */
export function createDeployCommand(): Command {
  const command = addClusterOptions(
    new Command('deploy')
      .summary('bring deployments onto the cluster')
      .description(
        'Checks the rendered files, the programs, the cluster, its secrets and your permissions; builds the image of each service, and loads or pushes it; has Helm install each deployment, wait for its pods, and roll back when they fail; and asks each through its Service.',
      )
      .argument('[deployment...]', 'names in slipway.config.ts (default: all)')
      .addOption(new Option('--image <reference>', 'deploy this image, which is there').argParser(parseImageReference).conflicts(except('image')))
      .addOption(new Option('--tag <tag>', "deploy images of this tag, which are in the stack's registry").conflicts(except('tag')))
      .addOption(
        new Option('--push [registry]', "push what is built there (default: the stack's registry)")
          .argParser(parseRegistry)
          .conflicts(except('push')),
      )
      .addOption(new Option('--load <command>', "load what is built with a command, '… {archive}'").conflicts(except('load')))
      .addOption(new Option('--engine <name>', 'the program that builds images').choices(ENGINE_NAMES))
      .option('--base <image>', 'what images that are built stand on')
      .addOption(new Option('--platform <name>', "the nodes'").choices(PLATFORMS).default(ownPlatform()))
      .option('--set <key=value>', "a value as after Helm's --set, over the rendered ones; can be repeated", collect, [])
      .addOption(new Option('--timeout <seconds>', 'how long pods may take to become ready').argParser(parseSeconds).default(300))
      .addOption(new Option('--image-timeout <seconds>', 'for each program that builds, loads or pushes').argParser(parseSeconds).default(1800))
      .option('--dry-run', 'print the command lines, and change nothing'),
  ).action(runDeploy)
  return addExamples(command, [
    ['slipway deploy', 'the whole stack, onto the cluster at hand: k3s, kind, minikube'],
    ['slipway deploy customer-a --dry-run', 'what would be run'],
    ['slipway deploy --push registry.example.com/team', 'onto one that pulls its images'],
    ['slipway deploy --environment production --tag 0.2.0', 'images that a pipeline has pushed'],
  ])
}

function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

/** Without a dot, a port or localhost it would be a name on Docker Hub, or that of a deployment. */
function parseRegistry(text: string): string {
  const [host = ''] = text.split('/')
  if (/^[\w.-]+(:\d+)?(\/[\w./-]*)?$/.test(text) && (/[.:]/.test(host) || host === 'localhost')) return text
  throw new InvalidArgumentError('It must be a registry, as registry.example.com/team; names of deployments stand before --push.')
}

async function runDeploy(names: string[], options: Options): Promise<void> {
  const { createCluster } = await import('../deploy/cluster.ts')
  const { deployStack, dryRun } = await import('../deploy/deploy-stack.ts')
  const cluster = await createCluster({ context: options.context, seconds: options.requestTimeout })
  const wrong = options.set.find((one) => !/^[^=]+=/.test(one))
  if (wrong !== undefined) throw new CliError(`--set takes key=value; it is ${JSON.stringify(wrong)}.`, EXIT_USAGE)
  const { environment, image, tag, push, load, engine, base, platform, set, timeout, imageTimeout } = options
  const plan = { project: findProject(), names, environment }
  const all = { ...plan, image, tag, push, load, engine, base, platform, set, seconds: timeout, imageSeconds: imageTimeout }
  const progress = createProgress()
  if (options.dryRun) {
    const commands = await dryRun(cluster, all, progress)
    return console.log(options.json ? JSON.stringify(commands) : describeCommands(commands))
  }
  const deployed = await deployStack(cluster, all, progress)
  console.log(options.json ? JSON.stringify(deployed) : describe(deployed))
}

/** To be copied into a shell: each title stands once above its lines. */
function describeCommands(commands: readonly PlannedCommand[]): string {
  return commands
    .flatMap((command, index) => [...(commands[index - 1]?.title === command.title ? [] : [`# ${command.title}`]), showCommand(command)])
    .join('\n')
}

const HEADINGS = ['DEPLOYMENT', 'VERSION', 'RELEASE', 'ANSWERS AT']

function describe(deployed: readonly Deployed[]): string {
  const paint = createPaint(process.stdout)
  const rows = deployed.map(({ deployment, version, revision, release, url = 'its Service alone' }) => [
    paint('bold', deployment),
    `${version} (${revision})`,
    String(release),
    paint('cyan', url),
  ])
  const [headings = '', ...lines] = renderTable([HEADINGS, ...rows])
  const hints = deployed
    .slice(0, 1)
    .map(({ deployment, namespace }) => `From here: kubectl --namespace ${namespace} port-forward service/${deployment} 8080:80`)
  return [paint('dim', headings), ...lines, '', ...hints.map((hint) => paint('dim', hint))].join('\n')
}
