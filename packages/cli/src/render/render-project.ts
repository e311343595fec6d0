import { findChart } from '../find-chart.ts'
import { environmentNames } from '../load-environment.ts'
import { renderComposeFiles } from './render-compose.ts'
import { renderServices } from './render-services.ts'
import { placeStack, renderStack } from './render-stack.ts'
import type { RenderedFile } from './rendered-files.ts'

/**
 * Every rendered file of a project: of its services, of its stack, and of its stack in each environment. All of it is checked before Helm is asked.
 *
 * @param helm - the program; without it, the files that it is needed for stay as they are
 * @throws {DefinitionError} when the stack is not well defined. @throws {CliError} when a service refuses its config, or Helm its values.
 */
export async function renderProject(project: string, helm: string | undefined): Promise<RenderedFile[]> {
  const chart = findChart(project)
  const tools = { project, chart, helm }
  const stack = await placeStack(project, undefined)
  const environments = []
  for (const name of environmentNames(project)) environments.push(await placeStack(project, name))
  const files = [...(await renderServices(project, chart, stack)), ...renderComposeFiles(project, stack)]
  for (const one of [stack, ...environments]) files.push(...(await renderStack(one, tools)))
  return files
}
