import { CliError, EXIT_USAGE } from '../cli-error.ts'
import { checkDeployments } from '../contract/preview-deployment.ts'
import type { Deployment } from '../define-stack.ts'
import { findDeployment } from '../find-deployment.ts'
import { findHelm } from '../find-helm.ts'
import { loadStackIn } from '../load-environment.ts'
import { renderProject } from '../render/render-project.ts'
import { checkFiles } from '../render/rendered-files.ts'

export interface PlanOptions {
  project: string
  /** Of deployments; empty for all. */
  names: readonly string[]
  environment?: string | undefined
}

/** The deployments of those names as they are in an environment, or all. */
export async function chooseDeployments({ project, names, environment }: PlanOptions): Promise<readonly Deployment[]> {
  const stack = await loadStackIn(project, environment)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new CliError(`${twice} is named twice; name each deployment once.`, EXIT_USAGE)
  return names.length === 0 ? stack.deployments : names.map((name) => findDeployment(stack, name))
}

/** @throws {CliError} when a service refuses its config, or when the rendered files are not what the stack gives. */
export async function checkRendered({ project, environment }: PlanOptions, deployments: readonly Deployment[]): Promise<string> {
  checkDeployments(deployments, environment)
  return checkFiles(project, await renderProject(project, findHelm()))
}

/** The rendered values of a deployment, from the project's folder. */
export function valuesFileOf(name: string, environment: string | undefined): string {
  return `${renderedFolder(environment)}/${name}/values.yaml`
}

/** The rendered namespaces, from the project's folder. */
export function namespacesFile(environment: string | undefined): string {
  return `${renderedFolder(environment)}/namespaces.yaml`
}

function renderedFolder(environment: string | undefined): string {
  return environment === undefined ? 'generated' : `generated/environments/${environment}`
}
