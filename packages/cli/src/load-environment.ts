import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CliError, EXIT_USAGE } from './cli-error.ts'
import { applyEnvironment, type Environment } from './define-environment.ts'
import type { Stack } from './define-stack.ts'
import { STACK_FILE } from './find-project.ts'
import { loadStack } from './load-stack.ts'

const FOLDER = 'deploy'

/** The names of a project's environments. */
export function environmentNames(project: string): string[] {
  const folder = join(project, FOLDER)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
}

/** The project's stack, as it is in an environment; without one, as it is written. @throws {CliError} listing the environments that there are. */
export async function loadStackIn(project: string, environment: string | undefined): Promise<Stack> {
  const stack = await loadStack(join(project, STACK_FILE))
  if (environment === undefined) return stack
  const names = environmentNames(project)
  if (!names.includes(environment)) {
    const known = names.length === 0 ? 'there is none in deploy/' : `the project has ${names.join(', ')}`
    throw new CliError(`There is no environment named ${JSON.stringify(environment)}; ${known}.`, EXIT_USAGE)
  }
  const module = (await import(pathToFileURL(join(project, FOLDER, `${environment}.ts`)).href)) as { default?: Environment }
  if (module.default?.deployments === undefined)
    throw new CliError(`deploy/${environment}.ts must export what defineEnvironment returns as its default.`)
  return applyEnvironment(stack, environment, module.default)
}
