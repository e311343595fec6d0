import { git } from '../build/git.ts'

export interface LabelSource {
  project: string
  service: { name: string; summary: string; version: string }
  revision: string
  epoch: number
}

/** The labels that an image bears, by https://specs.opencontainers.org/image-spec/annotations/. */
export async function imageLabels({ project, service, revision, epoch }: LabelSource): Promise<Record<string, string>> {
  const source = await sourceOf(project)
  return prefixed({
    title: service.name,
    description: service.summary,
    version: service.version,
    revision,
    // That of the commit: the time of the build would make two equal images differ.
    created: new Date(epoch * 1000).toISOString(),
    ...(source !== undefined && { source }),
  })
}

/** When the sources were last committed, in seconds since 1970; SOURCE_DATE_EPOCH counts more, and without a checkout it is 0. */
export async function sourceEpoch(project: string, environment: NodeJS.ProcessEnv = process.env): Promise<number> {
  const given = Number(environment.SOURCE_DATE_EPOCH)
  if (environment.SOURCE_DATE_EPOCH && Number.isInteger(given) && given >= 0) return given
  return git(project, 'log', '-1', '--format=%ct').then(Number, () => 0)
}

/** Where the code is kept, as a URL for a browser; a token that somebody keeps in the remote's URL is left out. */
export async function sourceOf(project: string): Promise<string | undefined> {
  const remote = await git(project, 'remote', 'get-url', 'origin').catch(() => '')
  return toBrowserUrl(remote)
}

/** @example toBrowserUrl('git@example.com:harbour/slipway.git') // 'https://example.com/harbour/slipway' */
export function toBrowserUrl(remote: string): string | undefined {
  const place = /^(?:\w+:\/\/)?(?:[^@/]*@)?([\w.-]+)(?::\d+)?[:/](.+?)(?:\.git)?\/?$/.exec(remote)
  const isLocal = remote.startsWith('/') || remote.startsWith('.') || remote.startsWith('file:')
  return place && !isLocal ? `https://${place[1]}/${place[2]}` : undefined
}

function prefixed(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, text]) => [`org.opencontainers.image.${name}`, text]))
}
