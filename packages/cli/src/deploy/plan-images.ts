import { join } from 'node:path'
import { CliError, EXIT_USAGE } from '../cli-error.ts'
import type { Deployment } from '../define-stack.ts'
import { findEngine } from '../image/find-engine.ts'
import { prepareImage } from '../image/prepare-image.ts'
import type { Progress } from '../progress.ts'
import type { Cluster } from './cluster.ts'
import { findDelivery, type Step } from './find-delivery.ts'
import { type ImageReference, parseImageReference } from './image-reference.ts'

export interface ImageOptions {
  project: string
  /** An image that is there. */
  image?: ImageReference | undefined
  /** The tag of images that are in the stack's registry. */
  tag?: string | undefined
  /** A registry to push to, or true for the one that the stack names. */
  push?: string | true | undefined
  load?: string | undefined
  engine?: string | undefined
  /** What an image that is built stands on. */
  base?: string | undefined
  /** As `linux/amd64`. */
  platform: string
}

/** The image of some deployments of one service. */
export interface PlannedImage {
  service: string
  deployments: readonly Deployment[]
  reference: ImageReference
  isLoaded: boolean
  /** The file that some of the steps write and read. */
  archive: string | undefined
  /** What has to be run so that the cluster has it, in order. Empty where it is there. */
  steps: readonly Step[]
}

/** @throws {CliError} where those options don't fit those deployments. */
export function checkImageOptions(deployments: readonly Deployment[], { image, tag, push }: ImageOptions): void {
  if (image !== undefined && groupByImage(deployments).size > 1)
    throw new CliError('--image names the image of one service; name its deployments alone.', EXIT_USAGE)
  // So is called what never leaves this machine: no node can pull it.
  const local = deployments.find((one) => one.image.repository.startsWith('localhost/'))
  if (local === undefined || (tag === undefined && push !== true)) return
  throw new CliError(
    `No registry is named for ${local.name}, whose image is ${local.image.repository}; set image.registry in the stack or in deploy/<environment>.ts, or use --push <registry> or --image <reference>.`,
    EXIT_USAGE,
  )
}

function groupByImage(deployments: readonly Deployment[]): Map<string, Deployment[]> {
  return Map.groupBy(deployments, ({ image }) => `${image.repository} ${image.runtime}`)
}

/** Finds out which images are deployed, and how the cluster gets them. What goes into an image is built here, for its content names it. */
export async function planImages(
  cluster: Cluster,
  deployments: readonly Deployment[],
  options: ImageOptions,
  progress: Progress,
): Promise<PlannedImage[]> {
  const groups = groupByImage(deployments)
  const { image, tag } = options
  if (image !== undefined) return plainImages(groups, () => image)
  if (tag !== undefined) return plainImages(groups, ({ image: { repository } }) => parseImageReference(`${repository}:${tag}`))
  return builtImages(cluster, groups, options, progress)
}

function plainImages(groups: Map<string, Deployment[]>, toReference: (deployment: Deployment) => ImageReference): PlannedImage[] {
  return [...groups.values()].map((deployments) => {
    const [first] = deployments as [Deployment]
    return { service: first.service.name, deployments, reference: toReference(first), isLoaded: false, archive: undefined, steps: [] }
  })
}

async function builtImages(cluster: Cluster, groups: Map<string, Deployment[]>, options: ImageOptions, progress: Progress): Promise<PlannedImage[]> {
  const { project, push, load, base, platform } = options
  const engine = await findEngine(options.engine)
  const delivery = await findDelivery(cluster, { push: push !== undefined, load })
  const planned: PlannedImage[] = []
  for (const deployments of groups.values()) {
    const [{ service, image }] = deployments as [Deployment]
    const { name } = service
    const repository = typeof push === 'string' ? `${push.replace(/\/$/, '')}/${name}` : image.repository
    const { recipe } = await progress.step(`Building ${name} as one file`, () =>
      prepareImage({
        ...{ project, name, runtime: image.runtime, platform, base },
        // Another content has another tag: pods are replaced when it changes, and a rollback finds what it goes back to.
        reference: ({ version, digest }) => `${repository}:${version}-${digest.slice(0, 12)}`,
      }),
    )
    const { reference } = recipe
    const archive = join(project, 'dist', name, 'image.tar')
    const building = { title: `Building ${reference} with ${engine.name}`, line: engine.build(recipe) }
    const steps = [building, ...delivery.steps({ engine, reference, archive })]
    planned.push({ service: name, deployments, reference: parseImageReference(reference), isLoaded: delivery.isLoaded, archive, steps })
  }
  return planned
}
