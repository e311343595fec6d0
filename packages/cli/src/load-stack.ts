import { pathToFileURL } from 'node:url'
import { CliError } from './cli-error.ts'
import type { Stack } from './define-stack.ts'
import { STACK_FILE } from './find-project.ts'

/** Imports the stack, which runs nothing. */
export async function loadStack(file: string): Promise<Stack> {
  const { default: stack } = (await import(pathToFileURL(file).href)) as { default?: Stack }
  if (!Array.isArray(stack?.deployments) || !Array.isArray(stack.standIns))
    throw new CliError(`${STACK_FILE} must export what defineStack returns as its default.`)
  if (stack.deployments.length === 0) throw new CliError(`${STACK_FILE} has no deployments; add one.`)
  return stack
}
