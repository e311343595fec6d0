import { CliError, EXIT_USAGE } from '../cli-error.ts'

/** The name of an image, taken apart. */
export interface ImageReference {
  repository: string
  tag?: string
  /** `sha256:…` */
  digest?: string
}

const REFERENCE =
  /^(?<repository>[a-z0-9][\w.-]*(?::\d+(?=\/))?(?:\/[a-z0-9][\w.-]*)*?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/

/** @throws {CliError} when it is none, or has neither tag nor digest: what it means would change under a running deployment. */
export function parseImageReference(text: string): ImageReference {
  const { repository, tag, digest } = REFERENCE.exec(text)?.groups ?? {}
  if (repository === undefined || (tag === undefined && digest === undefined))
    throw new CliError(
      `An image must be named with a tag or a digest, as registry.example.com/team/greeter:1.2.0; it is ${JSON.stringify(text)}.`,
      EXIT_USAGE,
    )
  return { repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) }
}

export function showImageReference({ repository, tag, digest }: ImageReference): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}
