import type { Contract, DeploymentContract } from '../contract/contract.ts'
import { renderAlerts } from './alerts.ts'
import { renderHelmValues } from './helm-values.ts'
import { renderManifests } from './manifests.ts'
import { type RenderedFile, readRendered } from './rendered-files.ts'
import { templateChart } from './template-chart.ts'

/** A deployment, and where its files are. */
export interface Placed {
  name: string
  /** Of the stack that it belongs to, from the project's folder. */
  folder: string
  /** How one speaks of that stack: empty, or ` as it is in production`. */
  place: string
}

export interface ChartTools {
  /** The project's folder. */
  project: string
  /** The chart's. */
  chart: string
  /** The program; without it, what it is needed for stays as it is on the disk. */
  helm: string | undefined
}

/** A contract that is not of a service alone. */
export type DeployedContract = Contract & { deployment: DeploymentContract }

const PROMETHEUS_RULE = /^kind: PrometheusRule$/m

/** The files of one deployment. */
export async function renderDeployment(contract: DeployedContract, placed: Placed, { project, chart, helm }: ChartTools): Promise<RenderedFile[]> {
  const pathOf = (file: string) => `${placed.folder}/${placed.name}/${file}`
  const at = (file: string, text: string) => ({ path: pathOf(file), text })
  const values = renderHelmValues(contract, placed)
  if (helm === undefined) return [at('values.yaml', values), ...keep(project, ['manifests.yaml', 'alerts.yaml'].map(pathOf))]
  const { name, namespace, monitoring } = contract.deployment
  const templated = await templateChart({ helm, chart, name, namespace, values })
  const manifests = templated.filter((text) => monitoring || !PROMETHEUS_RULE.test(text))
  const rule = templated.find((text) => PROMETHEUS_RULE.test(text))
  const alerts = rule === undefined ? [] : [at('alerts.yaml', renderAlerts(placed, rule))]
  return [at('values.yaml', values), at('manifests.yaml', renderManifests(placed, manifests)), ...alerts]
}

function keep(project: string, paths: readonly string[]): RenderedFile[] {
  return paths.flatMap((path) => {
    const text = readRendered(project, path)
    return text === undefined ? [] : [{ path, text }]
  })
}
