import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { CliError, EXIT_USAGE } from '../cli-error.ts'
import { findRuntime } from '../find-runtime.ts'
import { findMain, type ServiceLocation } from '../find-service.ts'
import { gitRevision } from './git-revision.ts'

export const BUILD_TARGETS = ['native', 'node'] as const
/** `native` is one executable with Bun inside, `node` one file for Node. */
export type BuildTarget = (typeof BUILD_TARGETS)[number]

export interface BuildOptions {
  project: string
  location: ServiceLocation
  target: BuildTarget
  /** The folder that the file is put in. */
  output: string
  /** What an executable is for, as `linux/arm64`; Bun gets itself for that from the npm registry. @default this machine */
  platform?: string
}

export interface BuildResult {
  service: string
  runtime: BuildTarget
  file: string
  bytes: number
  milliseconds: number
  version: string
  revision: string
}

/**
 * `#runtime` resolves by Bun's conditions for its target, so each file holds one runtime's code.
 * A native executable would otherwise read .env and bunfig.toml where it is started: it is configured by the environment alone.
 * Its source map is inside and compressed: for half a megabyte, stack traces in its log name files and lines of the source.
 */
const TARGET_OPTIONS: Readonly<Record<BuildTarget, readonly string[]>> = {
  native: [
    '--compile',
    '--minify',
    '--bytecode',
    '--format=cjs',
    '--sourcemap=inline',
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
  ],
  node: ['--target=node', '--production', '--minify', '--format=esm'],
}

/** Libraries get these inlined as the build machine's folders: the bytes would depend on where the checkout is, and name it. */
const FOLDERS = ['--define=__dirname="/"', '--define=__filename="/"']

const run = promisify(execFile)

/** Bundles a service into one file. The same sources give the same bytes, wherever they lie. */
export async function buildService({ project, location, target, output, platform }: BuildOptions): Promise<BuildResult> {
  const startedAt = performance.now()
  const { name, version } = location
  const main = findMain(location)
  const revision = await gitRevision(project)
  const file = join(output, target === 'native' ? name : `${name}.mjs`)
  mkdirSync(output, { recursive: true })
  const facts = `--define=SLIPWAY_BUILD=${JSON.stringify({ version, revision })}`
  const machine = target === 'native' && platform !== undefined ? machineOption(platform) : []
  await bundle(project, ['build', ...TARGET_OPTIONS[target], ...machine, ...FOLDERS, facts, `--outfile=${file}`, main])
  // Bun leaves a copy of the map beside the executable.
  rmSync(`${file}.map`, { force: true })
  const milliseconds = Math.round(performance.now() - startedAt)
  return { service: name, runtime: target, file, bytes: statSync(file).size, milliseconds, version, revision }
}

/** By container engines' names of architectures, which are Go's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { amd64: 'x64', arm64: 'arm64' }

/** What an image can be made for, as container engines name it. */
export const PLATFORMS = Object.keys(ARCHITECTURES).map((name) => `linux/${name}`)

/** This machine's platform, as container engines name it: what runs in a container is for Linux. */
export function ownPlatform(): string {
  return `linux/${Object.entries(ARCHITECTURES).find(([, name]) => name === process.arch)?.[0] ?? process.arch}`
}

/** Nothing where it is this machine, so that Bun need not be fetched. */
function machineOption(platform: string): string[] {
  if (process.platform === 'linux' && platform === ownPlatform()) return []
  const [system, architecture = ''] = platform.split('/')
  const name = ARCHITECTURES[architecture]
  if (system !== 'linux' || name === undefined)
    throw new CliError(`A platform must be one of ${PLATFORMS.join(', ')}; it is ${platform}.`, EXIT_USAGE)
  return [`--target=bun-linux-${name}`]
}

async function bundle(project: string, args: readonly string[]): Promise<void> {
  try {
    await run(findRuntime(project, 'bun'), [...args], { cwd: project })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    if (stdout === '' && stderr === '') throw error
    throw new CliError(`The bundle could not be made; Bun says:\n${stdout}${stderr}`.trimEnd())
  }
}
