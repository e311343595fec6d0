import { CliError } from '../cli-error.ts'
import { lastWords } from '../program/run-program.ts'
import type { Cluster } from './cluster.ts'
import { type ImageReference, showImageReference } from './image-reference.ts'
import { watchPods } from './watch-pods.ts'

/** One deployment, ready to be installed as a release of Helm. */
export interface Release {
  name: string
  namespace: string
  /** Where clients reach it; undefined where nothing but the Service leads to it. */
  url: string | undefined
  image: ImageReference
  /** Whether the nodes have the image already. */
  isLoaded: boolean
  /** The rendered values, and the chart, as paths. */
  values: string
  chart: string
}

export interface InstallOptions {
  helmMajor: number
  /** How long Helm waits for the pods. */
  seconds: number
  /** Values as after Helm's own `--set`. */
  set: readonly string[]
}

/** What Helm is called with. */
export function installArguments(
  { name, namespace, values, chart, image, isLoaded }: Release,
  { helmMajor, seconds, set }: InstallOptions,
): string[] {
  const { repository, tag, digest = '' } = image
  const images = [`image.repository=${repository}`, `image.digest=${digest}`, ...(tag === undefined ? [] : [`image.tag=${tag}`])]
  if (isLoaded) images.push('image.pullPolicy=IfNotPresent')
  return [
    ...['upgrade', '--install', name, chart, '--namespace', namespace, '--values', values],
    ...images.flatMap((value) => ['--set-string', value]),
    ...set.flatMap((value) => ['--set', value]),
    ...['--wait', '--timeout', `${seconds}s`, helmMajor >= 4 ? '--rollback-on-failure' : '--atomic'],
  ]
}

/** A rollback may take as long as what it undoes. */
const limitOf = (seconds: number) => seconds * 2 + 10

export interface Installed {
  /** Helm's number of what is installed now. */
  revision: number
  /** Of what was before; undefined where there was nothing. */
  previous: number | undefined
}

/** Installs or upgrades a release, and waits for its pods. @throws {CliError} saying why it failed, and what became of it. */
export async function installRelease(cluster: Cluster, release: Release, options: InstallOptions, say: (detail: string) => void): Promise<Installed> {
  const { name, namespace } = release
  const before = await stateOf(cluster, release)
  if (before?.status.startsWith('pending-'))
    throw new CliError(
      `Helm is changing ${name} since ${before.since} (${before.status}), or was cut off: wait until it is done, and where nobody runs it any more, run helm rollback ${name} --namespace ${namespace}, or helm uninstall ${name} --namespace ${namespace} if that was the first time.`,
    )
  const watch = watchPods(cluster, release, say)
  const outcome = await cluster
    .attemptHelm(installArguments(release, options), { seconds: limitOf(options.seconds) })
    .catch((error: Error) => ({ code: 1, stdout: '', stderr: error.message }))
  const pods = await watch.end()
  const after = await stateOf(cluster, release).catch(() => 'unknown' as const)
  if (outcome.code === 0 && after && after !== 'unknown') return { revision: after.revision, previous: before?.revision }
  throw new CliError(`${name} could not be deployed with the image ${showImageReference(release.image)}.
${consequence(name, before, after)}
Helm says:${lastWords(errorOf(outcome.stderr), 6)}${pods}`)
}

/** Goes back to what was before an installation that succeeded. Returns a sentence about what became of it. */
export async function undoRelease(cluster: Cluster, { name, namespace }: Release, { previous }: Installed, seconds: number): Promise<string> {
  const action = previous === undefined ? ['uninstall', name, '--cascade', 'foreground'] : ['rollback', name, String(previous)]
  const line = [...action, '--namespace', namespace, '--wait', '--timeout', `${seconds}s`]
  const { code, stderr } = await cluster.attemptHelm(line, { seconds: seconds + 30 })
  if (code !== 0) return `It was not rolled back, for helm ${action[0]} failed:${lastWords(stderr, 3)}`
  return previous === undefined ? 'It was not there before, and was removed again.' : `It was rolled back to revision ${previous}.`
}

/** Without the log lines before it, which say the same. */
function errorOf(said: string): string {
  return said.slice(Math.max(0, said.lastIndexOf('Error: ')))
}

interface ReleaseState {
  revision: number
  /** As Helm calls it: deployed, failed, pending-upgrade. */
  status: string
  description: string
  /** When it was last changed. */
  since: string
}

/** Undefined where there is no such release. @throws {CliError} where Helm can't tell. */
async function stateOf(cluster: Cluster, { name, namespace }: Release): Promise<ReleaseState | undefined> {
  const { code, stdout, stderr } = await cluster.attemptHelm(['status', name, '--namespace', namespace, '--output', 'json'])
  if (code !== 0 && /release: not found/.test(stderr)) return undefined
  if (code !== 0) throw new CliError(`Helm can't tell whether ${name} is deployed; it says:${lastWords(errorOf(stderr), 3)}`)
  const { version, info } = JSON.parse(stdout) as { version: number; info: { status: string; description: string; last_deployed: string } }
  return { revision: version, status: info.status, description: info.description, since: info.last_deployed }
}

function consequence(name: string, before: ReleaseState | undefined, after: ReleaseState | undefined | 'unknown'): string {
  if (after === 'unknown') return `What became of it is not known, for Helm does not tell; ask with slipway status ${name}.`
  if (!before && !after) return `It was not there before, and what was made of it was removed again.`
  if (before && after && after.revision > before.revision && after.status === 'deployed')
    return `It was rolled back to what it was before, revision ${before.revision}, and goes on serving (${after.description.toLowerCase()}).`
  if (before && after && after.revision === before.revision) return `Nothing was changed: it is as it was, revision ${before.revision}.`
  return `It was not rolled back: ${name} is ${after ? `${after.status} (${after.description})` : 'gone'}.`
}
