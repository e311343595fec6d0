import type { Contract } from '../contract/contract.ts'
import { toMetricPanel } from './metric-panel.ts'
import { MARK } from './rendered-files.ts'

interface Panel {
  targets: readonly { expr: string }[]
}

interface Dashboard {
  templating: { list: readonly object[] }
  panels: readonly Panel[]
}

/** What only a service with a resource of that kind exports. */
const METRICS_OF_KIND: Readonly<Record<string, RegExp>> = { database: /\bdb_/, cache: /\bcache_/, upstream: /\bupstream_/ }
// Of Grafana's grid, which is 24 wide.
const [COLUMNS, WIDTH, HEIGHT] = [2, 12, 8]

export interface DashboardOptions {
  /** chart/files/dashboard.json. */
  template: string
  /** Names of those that the service has. */
  deployments: readonly string[]
}

/** A Grafana dashboard of one service, for all of its deployments: the chart's, which is of a release, with a choice of these in the release's place. */
export function renderDashboard({ service, resources, metrics }: Contract, { template, deployments }: DashboardOptions): string {
  const ofVariables = template.replaceAll('@NAMESPACE@', '$namespace').replaceAll('@RELEASE@', '$deployment')
  const { templating, panels, ...rest } = JSON.parse(ofVariables) as Dashboard
  const kinds = new Set(resources.map(({ kind }) => kind))
  const absent = Object.entries(METRICS_OF_KIND).filter(([kind]) => !kinds.has(kind))
  const shown = panels.filter(({ targets }) => !absent.some(([, metrics]) => targets.some(({ expr }) => metrics.test(expr))))
  const dashboard = {
    description: `${MARK} render from the definition of ${service.name} and the chart's dashboard. Don't edit it here.`,
    ...rest,
    uid: `slipway-${service.name}`,
    title: service.name,
    templating: { list: [...templating.list, ...variablesOf(deployments)] },
    panels: [...shown, ...metrics.map(toMetricPanel)].map((panel, index) => ({ ...panel, id: index + 1, gridPos: placeOf(index) })),
  }
  return `${JSON.stringify(dashboard, undefined, 2)}\n`
}

function variablesOf(deployments: readonly string[]): object[] {
  const queries = {
    // Not by the label `service`, which the Prometheus operator puts another one in the place of.
    deployment: `label_values(service_info{job=~"${deployments.join('|')}"}, job)`,
    namespace: 'label_values(service_info{job="$deployment"}, namespace)',
  }
  return Object.entries(queries).map(([name, query]) => ({
    name,
    type: 'query',
    datasource: { type: 'prometheus', uid: `\${datasource}` },
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
  }))
}

/** Without the gaps of those that are left out. */
function placeOf(index: number): object {
  return { x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT }
}
