import { hostname } from 'node:os'
import { CliError, EXIT_USAGE } from '../cli-error.ts'
import type { Engine } from '../image/engine.ts'
import type { CommandLine } from '../program/command-line.ts'
import { lastWords } from '../program/run-program.ts'
import type { Cluster } from './cluster.ts'

/** A command line, and what it is for. */
export interface Step {
  title: string
  line: CommandLine
}

/** How an image gets from this machine to the nodes. */
export interface Delivery {
  /** Whether nodes have it without pulling. */
  isLoaded: boolean
  steps(image: { engine: Engine; reference: string; archive: string }): Step[]
}

export interface DeliveryOptions {
  /** Push it. */
  push?: boolean
  /** A command that loads an archive, whose place in it is `{archive}`. Its words are split at blanks; no shell reads it. */
  load?: string | undefined
}

interface NodeList {
  items: { metadata: { name: string; labels: Record<string, string> }; status: { nodeInfo: { kubeletVersion: string } } }[]
}

/** The way that was asked for, or else the one that the kind of cluster has. @throws {CliError} where there is none. */
export async function findDelivery(cluster: Cluster, { push, load }: DeliveryOptions): Promise<Delivery> {
  if (push) return { isLoaded: false, steps: ({ engine, reference }) => [{ title: `Pushing ${reference}`, line: engine.push(reference) }] }
  if (load !== undefined) return loading(`by ${load.trim().split(/\s/)[0]}`, (archive) => loadLine(load, archive))
  const { context = 'without a name' } = cluster
  const [, kind] = /^kind-(.+)$/.exec(context) ?? []
  if (kind !== undefined) return loading('into kind', (archive) => line('kind', 'load', 'image-archive', archive, '--name', kind))
  const [, k3d] = /^k3d-(.+)$/.exec(context) ?? []
  if (k3d !== undefined) return loading('into k3d', (archive) => line('k3d', 'image', 'import', archive, '--cluster', k3d))
  const { items } = await nodesOf(cluster)
  const profile = items.map(({ metadata }) => metadata.labels['minikube.k8s.io/name']).find((name) => name !== undefined)
  if (profile !== undefined) return loading('into minikube', (archive) => line('minikube', 'image', 'load', archive, '--profile', profile))
  const isOwnK3s = items.some(({ metadata, status }) => status.nodeInfo.kubeletVersion.includes('+k3s') && metadata.name === hostname().toLowerCase())
  if (isOwnK3s && items.length === 1) return loading('into k3s', (archive) => asRoot('k3s', 'ctr', 'images', 'import', archive))
  throw new CliError(
    `The cluster of the context ${context} is neither kind, k3d, minikube nor a k3s on this machine, so that it has to pull the image: push it with --push <registry>, or name a command that loads it with --load 'command {archive}'.`,
    EXIT_USAGE,
  )
}

async function nodesOf(cluster: Cluster): Promise<NodeList> {
  const { code, stdout, stderr } = await cluster.attempt('get', 'nodes', '--output', 'json')
  if (code === 0) return JSON.parse(stdout)
  throw new CliError(
    `The cluster does not tell of its nodes, so that it is not known how they get an image; name the way with --push, --load or --tag. kubectl says:${lastWords(stderr, 1)}`,
  )
}

function loading(way: string, load: (archive: string) => CommandLine): Delivery {
  return {
    isLoaded: true,
    steps: ({ engine, reference, archive }) => [
      { title: `Writing ${reference} to an archive`, line: engine.save(reference, archive) },
      { title: `Loading it ${way}`, line: load(archive) },
    ],
  }
}

function loadLine(command: string, archive: string): CommandLine {
  const words = command.trim().split(/\s+/)
  const [program = '', ...args] = words.includes('{archive}') ? words : [...words, '{archive}']
  return { program, args: args.map((word) => (word === '{archive}' ? archive : word)) }
}

function line(program: string, ...args: string[]): CommandLine {
  return { program, args }
}

function asRoot(...words: string[]): CommandLine {
  const [program = '', ...args] = process.getuid?.() === 0 ? words : ['sudo', ...words]
  return { program, args }
}
