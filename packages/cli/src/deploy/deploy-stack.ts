import { rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Deployment } from '../define-stack.ts'
import type { CommandLine } from '../program/command-line.ts'
import { outputOf } from '../program/run-program.ts'
import type { Progress } from '../progress.ts'
import { checkRendered, chooseDeployments, namespacesFile, type PlanOptions, valuesFileOf } from './choose-deployments.ts'
import type { Cluster } from './cluster.ts'
import { findPrograms } from './find-programs.ts'
import { showImageReference } from './image-reference.ts'
import { type Installed, type InstallOptions, installArguments, installRelease, type Release, undoRelease } from './install-release.ts'
import { checkImageOptions, type ImageOptions, type PlannedImage, planImages } from './plan-images.ts'
import { checkCluster, reachCluster } from './preflight.ts'
import { smokeLines, smokeTest } from './smoke-test.ts'
import { urlOf } from './url-of.ts'

export interface DeployOptions extends PlanOptions, ImageOptions, Omit<InstallOptions, 'helmMajor'> {
  /** For each program that builds, loads or pushes an image. */
  imageSeconds: number
}

export interface Deployed {
  deployment: string
  namespace: string
  image: string
  /** Helm's, which `helm rollback` goes back to. */
  release: number
  /** What answered through the Service. */
  version: string
  revision: string
  /** Where clients reach it; absent where nothing but the Service leads to it. */
  url?: string
}

/** The whole way: checks, images, releases, and a question to each. Stops at the first that fails. */
export async function deployStack(cluster: Cluster, options: DeployOptions, progress: Progress): Promise<Deployed[]> {
  const { deployments, helmMajor } = await begin(cluster, options, progress)
  await progress.step(
    'Cluster',
    () => reachCluster(cluster),
    (version) => `${version}, context ${cluster.context ?? 'without a name'}`,
  )
  const { missing } = await progress.step('Namespaces, secrets and permissions', () => checkCluster(cluster, deployments, namespacesFileOf(options)))
  const images = await planImages(cluster, deployments, options, progress)
  // Podman refuses to write over an archive that is there.
  for (const { archive } of images) if (archive !== undefined) rmSync(archive, { force: true })
  for (const { title, line } of images.flatMap(({ steps }) => steps))
    await progress.step(title, (say) => outputOf(line, { seconds: options.imageSeconds, onLine: say }))
  if (missing.length > 0)
    await progress.step(`Namespaces: ${missing.join(', ')}`, () => outputOf(namespacesLine(cluster, options), { seconds: options.seconds }))
  const done: Deployed[] = []
  for (const release of releasesOf(deployments, images, options)) {
    try {
      done.push(await deployRelease(cluster, release, { ...options, helmMajor }, progress))
    } catch (error) {
      throw withRest(error, deployments.slice(done.length + 1))
    }
  }
  return done
}

/** A command line that would be run, and what it is for: several belong to one deployment. */
export interface PlannedCommand extends CommandLine {
  title: string
}

/** The command lines of all that. Nothing is changed; what goes into an image is built, for its content names it. */
export async function dryRun(cluster: Cluster, options: DeployOptions, progress: Progress): Promise<PlannedCommand[]> {
  const { deployments, helmMajor } = await begin(cluster, options, progress)
  const images = await planImages(cluster, deployments, options, progress)
  return [
    ...images.flatMap(({ steps }) => steps).map(({ title, line }) => ({ title, ...line })),
    { title: 'Namespaces, where one is missing', ...namespacesLine(cluster, options) },
    ...releasesOf(deployments, images, options).flatMap((release) =>
      [cluster.helm(...installArguments(release, { ...options, helmMajor })), ...smokeLines(cluster, release)].map((line) => ({
        title: release.name,
        ...line,
      })),
    ),
  ]
}

/** From here, so that a line that is copied stays readable. */
function fromHere(project: string, path: string): string {
  return relative(process.cwd(), join(project, path))
}

function namespacesFileOf({ project, environment }: PlanOptions): string {
  return fromHere(project, namespacesFile(environment))
}

/** As they are rendered, pod security standard included. */
function namespacesLine(cluster: Cluster, options: PlanOptions): CommandLine {
  return cluster.kubectl('apply', '--filename', namespacesFileOf(options))
}

/** What can be found wrong without a cluster. */
async function begin(
  cluster: Cluster,
  options: DeployOptions,
  progress: Progress,
): Promise<{ deployments: readonly Deployment[]; helmMajor: number }> {
  const deployments = await chooseDeployments(options)
  checkImageOptions(deployments, options)
  const { helm } = await progress.step(
    'Programs',
    () => findPrograms(cluster),
    (found) => `helm ${found.helm.text}, kubectl ${found.kubectl}`,
  )
  await progress.step('Config and rendered files', () => checkRendered(options, deployments))
  return { deployments, helmMajor: helm.major }
}

function releasesOf(deployments: readonly Deployment[], images: readonly PlannedImage[], { project, environment }: DeployOptions): Release[] {
  return deployments.map((deployment) => {
    const { name, namespace } = deployment
    const { reference: image, isLoaded } = images.find((one) => one.deployments.includes(deployment)) as PlannedImage
    const files = { values: fromHere(project, valuesFileOf(name, environment)), chart: `./${fromHere(project, 'chart')}` }
    return { name, namespace, url: urlOf(deployment), image, isLoaded, ...files }
  })
}

async function deployRelease(cluster: Cluster, release: Release, options: InstallOptions, progress: Progress): Promise<Deployed> {
  const { name, namespace, image, url } = release
  const installed = await progress.step(
    `${name}: helm upgrade`,
    (say) => installRelease(cluster, release, options, say),
    ({ revision }) => `revision ${revision}`,
  )
  const answered = await progress.step(
    `${name}: asking it through its Service`,
    () => smokeTest(cluster, release).catch((error) => rollBack(error, cluster, release, installed, options.seconds)),
    ({ version }) => `ready, version ${version}`,
  )
  const place = { deployment: name, namespace, image: showImageReference(image), release: installed.revision }
  return { ...place, version: answered.version, revision: answered.revision, ...(url !== undefined && { url }) }
}

async function rollBack(error: unknown, cluster: Cluster, release: Release, installed: Installed, seconds: number): Promise<never> {
  if (!(error instanceof CliError)) throw error
  throw new CliError(`${error.message}\n${await undoRelease(cluster, release, installed, seconds)}`)
}

function withRest(error: unknown, rest: readonly Deployment[]): unknown {
  if (!(error instanceof CliError) || rest.length === 0) return error
  return new CliError(`${error.message}\nNot tried: ${rest.map(({ name }) => name).join(', ')}.`, error.exitCode)
}
