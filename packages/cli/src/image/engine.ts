import type { CommandLine } from '../program/command-line.ts'

/** What an image is built from. */
export interface ImageRecipe {
  /** The Dockerfile. */
  file: string
  /** The stage that is built. */
  target: string
  /** The folder that COPY copies from. */
  context: string
  /** The image's name and tag. */
  reference: string
  /** As `linux/amd64`. */
  platform: string
  arguments: Readonly<Record<string, string>>
  labels: Readonly<Record<string, string>>
  /** When the sources were last changed, in seconds since 1970: the time that everything in the image bears. */
  epoch: number
  /** Files that are there while it is built and no longer, by the id that the Dockerfile mounts them by. @default {} */
  secrets?: Readonly<Record<string, string>>
}

export interface ImageFacts {
  id: string
  /** The digest of the last layer, uncompressed: of the application, in an image that `slipway image` builds. */
  layer: string
}

/** A program that builds images: each knows how its command lines are written. */
export interface Engine {
  name: string
  build(recipe: ImageRecipe): CommandLine
  /** Writes an archive that `docker load` reads, and so k3s, kind and minikube. */
  save(reference: string, file: string): CommandLine
  push(reference: string): CommandLine
  inspect(reference: string): CommandLine
  /** Reads what `inspect` prints. */
  read(inspected: string): ImageFacts
}
