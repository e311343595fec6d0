import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from './cli-error.ts'

/** The folder of the chart that manifests are rendered from. @throws {CliError} where the project has none. */
export function findChart(project: string): string {
  const folder = join(project, 'chart')
  if (existsSync(join(folder, 'Chart.yaml'))) return folder
  throw new CliError("There is no chart/Chart.yaml in the project, which manifests are rendered from; copy Slipway's chart/ there.")
}
