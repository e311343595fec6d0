import { availableParallelism } from 'node:os'
import { checkDeployments } from '../contract/preview-deployment.ts'
import { toContract } from '../contract/to-contract.ts'
import type { Stack } from '../define-stack.ts'
import { findService } from '../find-service.ts'
import { loadStackIn } from '../load-environment.ts'
import { renderKustomization } from './kustomization.ts'
import { renderNamespaces } from './namespaces.ts'
import { type ChartTools, type DeployedContract, type Placed, renderDeployment } from './render-deployment.ts'
import { FOLDER, type RenderedFile } from './rendered-files.ts'

/** A stack as it is written, or as an environment changes it. */
export interface PlacedStack extends Omit<Placed, 'name'> {
  stack: Stack
  contracts: readonly DeployedContract[]
}

/** @throws {DefinitionError} when the stack is not well defined. @throws {CliError} when a service refuses its config. */
export async function placeStack(project: string, environment: string | undefined): Promise<PlacedStack> {
  const stack = await loadStackIn(project, environment)
  checkDeployments(stack.deployments, environment)
  const contracts = stack.deployments.map((deployment) => {
    const { service } = deployment
    return toContract({ service, version: findService(project, service.name).version, deployment }) as DeployedContract
  })
  return environment === undefined
    ? { stack, contracts, folder: FOLDER, place: '' }
    : { stack, contracts, folder: `${FOLDER}/environments/${environment}`, place: ` as it is in ${environment}` }
}

/** The files of a stack's deployments, and of all of them together. */
export async function renderStack({ contracts, folder, place }: PlacedStack, tools: ChartTools): Promise<RenderedFile[]> {
  const deployments = contracts.map(({ deployment }) => deployment)
  const names = deployments.map(({ name }) => name)
  const namespaces = deployments.map(({ namespace }) => namespace)
  const ofDeployments = await mapSome(contracts, (contract) => renderDeployment(contract, { name: contract.deployment.name, folder, place }, tools))
  return [
    ...ofDeployments.flat(),
    { path: `${folder}/namespaces.yaml`, text: renderNamespaces(namespaces, place) },
    { path: `${folder}/kustomization.yaml`, text: renderKustomization(names, place) },
  ]
}

/** As many at a time as there are processors: each deployment is a process of Helm. */
async function mapSome<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  const left = items.entries()
  const workers = Array.from({ length: availableParallelism() }, async () => {
    for (const [index, item] of left) results[index] = await work(item)
  })
  await Promise.all(workers)
  return results
}
