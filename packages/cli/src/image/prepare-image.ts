import { createHash } from 'node:crypto'
import { chmodSync, constants, copyFileSync, createReadStream, mkdirSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { type BuildResult, type BuildTarget, buildService } from '../build/build-service.ts'
import { findService, loadService } from '../find-service.ts'
import type { ImageRecipe } from './engine.ts'
import { imageLabels, sourceEpoch } from './image-labels.ts'

export const DOCKERFILE = fileURLToPath(new URL('../../image/Dockerfile', import.meta.url))

export interface PrepareOptions {
  project: string
  /** The service's name. */
  name: string
  runtime: BuildTarget
  /** As `linux/amd64`. */
  platform: string
  /** Names the image, once its file is there. */
  reference(built: BuildResult & { digest: string }): string
  /** What the image stands on. @default a distroless image */
  base?: string | undefined
}

export interface PreparedImage extends BuildResult {
  recipe: ImageRecipe
}

const NODE_BASE = 'gcr.io/distroless/nodejs24-debian12:nonroot'

/** Builds the one file that goes into an image, and says how the image is made of it. */
export async function prepareImage({ project, name, runtime, platform, reference, base }: PrepareOptions): Promise<PreparedImage> {
  const location = findService(project, name)
  const output = join(project, 'dist', name)
  const built = await buildService({ project, location, target: runtime, output, platform })
  const epoch = await sourceEpoch(project)
  const context = stage(built.file, join(output, 'image'), { name: runtime === 'node' ? 'service.mjs' : 'service', epoch })
  const { summary } = await loadService(location)
  const chosenBase = base ?? (runtime === 'node' ? NODE_BASE : undefined)
  const recipe: ImageRecipe = {
    file: DOCKERFILE,
    target: runtime === 'node' ? 'production-node' : 'production',
    context,
    reference: reference({ ...built, digest: await digestOf(built.file) }),
    platform,
    arguments: chosenBase === undefined ? {} : { BASE: chosenBase },
    labels: await imageLabels({ project, service: { name, summary, version: built.version }, revision: built.revision, epoch }),
    epoch,
  }
  return { ...built, recipe }
}

/** A folder with the file alone: nothing else can get into the image, and equal files bear equal times and modes. */
function stage(file: string, folder: string, { name, epoch }: { name: string; epoch: number }): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const staged = join(folder, name)
  copyFileSync(file, staged, constants.COPYFILE_FICLONE)
  chmodSync(staged, 0o755)
  utimesSync(staged, epoch, epoch)
  return folder
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
