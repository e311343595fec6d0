import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { ofSystem, renderCompose } from './compose.ts'
import { databasesOf, renderDatabaseScript } from './compose-databases.ts'
import { renderDashboardProvider, renderDatasources, renderPrometheusConfig } from './compose-telemetry.ts'
import type { PlacedStack } from './render-stack.ts'
import { FOLDER, type RenderedFile } from './rendered-files.ts'

/** The compose file of a project's stack, and the files that it mounts. @throws {CliError} when a seed is not there. */
export function renderComposeFiles(project: string, placed: PlacedStack): RenderedFile[] {
  const databases = databasesOf(placed)
  for (const { name, seed } of databases) {
    if (seed !== undefined && !existsSync(join(project, seed)))
      throw new CliError(`There is no ${seed}, the seed of ${name} in local.databases; write it.`)
  }
  const systems = [...new Set(databases.map(({ system }) => system))]
  const scripts = systems.map((system) => [`compose/${system}.sql`, renderDatabaseScript(system, ofSystem(databases, system))])
  const texts: Record<string, string> = {
    'compose.yaml': renderCompose(placed),
    ...Object.fromEntries(scripts),
    'compose/prometheus.yaml': renderPrometheusConfig(placed.contracts),
    'compose/datasources.yaml': renderDatasources(),
    'compose/dashboards.yaml': renderDashboardProvider(),
  }
  return Object.entries(texts).map(([file, text]) => ({ path: `${FOLDER}/${file}`, text }))
}
