import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeConfig, type Service, toOpenApi } from '@slipway/chassis'
import { toContract } from '../contract/to-contract.ts'
import { findService, loadService, serviceNames } from '../find-service.ts'
import { renderConfigReference } from './config-reference.ts'
import { type DashboardOptions, renderDashboard } from './dashboard.ts'
import { renderEnvExample } from './env-example.ts'
import { renderOpenApi } from './openapi.ts'
import type { PlacedStack } from './render-stack.ts'
import { FOLDER, type RenderedFile } from './rendered-files.ts'

/** What is rendered for each service of a project, deployed or not. */
export async function renderServices(project: string, chart: string, { contracts }: PlacedStack): Promise<RenderedFile[]> {
  const template = readFileSync(join(chart, 'files', 'dashboard.json'), 'utf8')
  const files: RenderedFile[] = []
  for (const name of serviceNames(project)) {
    const location = findService(project, name)
    const deployments = contracts.filter(({ service }) => service.name === name).map(({ deployment }) => deployment.name)
    files.push(
      ...renderService(await loadService(location), location.version, { template, deployments: deployments.length > 0 ? deployments : [name] }),
    )
  }
  return files
}

function renderService(service: Service, version: string, dashboard: DashboardOptions): RenderedFile[] {
  const keys = describeConfig(service)
  const texts = {
    '.env.example': renderEnvExample(service.name, keys),
    'config.md': renderConfigReference(service.name, keys),
    'dashboard.json': renderDashboard(toContract({ service, version }), dashboard),
    'openapi.json': renderOpenApi(toOpenApi(service, version)),
  }
  return Object.entries(texts).map(([file, text]) => ({ path: `${FOLDER}/${service.name}/${file}`, text }))
}
