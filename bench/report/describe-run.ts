import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { readVersion } from '../host/read-version.ts'
import { repositoryRoot } from '../host/repository-root.ts'
import { runtimeProgram } from '../host/runtime-programs.ts'
import type { Part } from '../part.ts'

/** What a measurement can't be judged without. */
export interface RunFacts {
  date: string
  command: string
  commit: string
  machine: { cpu: string; cores: number; memoryGigabytes: number; kernel: string /** Before the run, over one minute. */; loadAverage: number }
  /** By name: the runtimes, with what the part installed, then the dependencies of each folder that the part names. */
  versions: { runtimes: Record<string, string>; dependencies: Record<string, Record<string, string>> }
}

/** To be called before the run: it tells what else the machine was doing. @param installed Versions of what the part installed, by name. */
export function describeRun(part: Part, args: readonly string[], installed: Readonly<Record<string, string>> = {}): RunFacts {
  const processors = cpus()
  return {
    date: new Date().toISOString(),
    command: ['npm run bench --', ...args].join(' '),
    commit: describeCommit(),
    machine: {
      cpu: processors[0]?.model ?? 'unknown',
      cores: processors.length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      kernel: `Linux ${release()}`,
      loadAverage: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    },
    versions: {
      runtimes: { node: process.versions.node, bun: execFileSync(runtimeProgram('bun'), ['--version'], { encoding: 'utf8' }).trim(), ...installed },
      dependencies: Object.fromEntries(part.dependenciesOf.map((folder) => [folder, dependencyVersions(folder)])),
    },
  }
}

function dependencyVersions(folder: string): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(join(repositoryRoot, folder, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
  return Object.fromEntries(Object.keys(dependencies).map((name) => [name, readVersion(name, folder)]))
}

function describeCommit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repositoryRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const commit = git('rev-parse', '--short', 'HEAD')
    return git('status', '--porcelain', '--', ':!bench/results') === '' ? commit : `${commit}, with uncommitted changes`
  } catch {
    return 'unknown: this is no Git checkout'
  }
}
