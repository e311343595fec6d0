import { rmSync, statSync } from 'node:fs'
import type { BuildTarget } from '../build/build-service.ts'
import { outputOf } from '../program/run-program.ts'
import type { Progress } from '../progress.ts'
import type { Engine } from './engine.ts'
import type { PreparedImage } from './prepare-image.ts'

export interface ImageResult {
  service: string
  runtime: BuildTarget
  version: string
  revision: string
  engine: string
  /** Name and tag. */
  image: string
  platform: string
  id: string
  /** The digest of the layer that holds the application: equal for equal sources. */
  layer: string
  /** Of the application, which is all that the image holds beyond its base. */
  bytes: number
  archive?: string
}

export interface BuildImageOptions {
  progress: Progress
  /** For each of the engine's programs. */
  seconds: number
  /** Where to write the image as an archive. */
  archive?: string | undefined
}

/** Builds an image, and writes it to a file where one is named. */
export async function buildImage(engine: Engine, prepared: PreparedImage, { progress, seconds, archive }: BuildImageOptions): Promise<ImageResult> {
  const { recipe, service, runtime, version, revision, file } = prepared
  await progress.step(`Building ${recipe.reference} with ${engine.name}`, (say) => outputOf(engine.build(recipe), { seconds, onLine: say }))
  if (archive !== undefined) {
    await progress.step(`Writing ${archive}`, () => saveImage(engine, recipe.reference, archive, seconds))
  }
  const { id, layer } = engine.read(await outputOf(engine.inspect(recipe.reference), { seconds }))
  const facts = { service, runtime, version, revision, engine: engine.name, image: recipe.reference, platform: recipe.platform }
  return { ...facts, id, layer, bytes: statSync(file).size, ...(archive !== undefined && { archive }) }
}

/** Writes an image as an archive. */
export async function saveImage(engine: Engine, reference: string, file: string, seconds: number): Promise<void> {
  // Podman refuses to write over an archive that is there.
  rmSync(file, { force: true })
  await outputOf(engine.save(reference, file), { seconds })
}
