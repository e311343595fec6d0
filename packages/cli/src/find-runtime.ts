import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { CliError } from './cli-error.ts'

export const RUNTIMES = ['node', 'bun'] as const
export type RuntimeName = (typeof RUNTIMES)[number]

/** What this command itself runs on. */
export const ownRuntime: RuntimeName = process.versions.bun === undefined ? 'node' : 'bun'

/** The executable of a runtime: the one that this is, else the project's own, which the lock file pins, else the one on PATH. */
export function findRuntime(project: string, name: RuntimeName): string {
  if (name === ownRuntime) return process.execPath
  const folders = [join(project, 'node_modules', '.bin'), ...(process.env.PATH ?? '').split(delimiter)]
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
  if (found === undefined) throw new CliError(`There is no ${name} in node_modules/.bin or on PATH; run npm ci.`)
  return found
}
