import { checkDeployments } from '../contract/preview-deployment.ts'
import { toContract } from '../contract/to-contract.ts'
import type { Deployment } from '../define-stack.ts'
import { findService } from '../find-service.ts'
import { environmentNames, loadStackIn } from '../load-environment.ts'
import { renderHelmValues } from './helm-values.ts'
import type { RenderedFile } from './rendered-files.ts'

/**
 * Every rendered file of a project: of its stack, and of its stack in each environment.
 *
 * @throws {DefinitionError} when the stack is not well defined. @throws {CliError} when a service refuses its config.
 */
export async function renderProject(project: string): Promise<RenderedFile[]> {
  const files: RenderedFile[] = []
  for (const environment of [undefined, ...environmentNames(project)]) {
    const { deployments } = await loadStackIn(project, environment)
    checkDeployments(deployments, environment)
    files.push(...deployments.map((deployment) => renderDeployment(project, deployment, environment)))
  }
  return files
}

function renderDeployment(project: string, deployment: Deployment, environment: string | undefined): RenderedFile {
  const { name, service } = deployment
  const contract = toContract({ service, version: findService(project, service.name).version, deployment })
  const folder = environment === undefined ? name : `environments/${environment}/${name}`
  return { path: `generated/${folder}/values.yaml`, text: renderHelmValues(contract, environment) }
}
