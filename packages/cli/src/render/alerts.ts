import { parse, stringify } from 'yaml'
import type { Placed } from './render-deployment.ts'
import { MARK } from './rendered-files.ts'

/** The alerts of a deployment as Prometheus reads them, out of the PrometheusRule that the chart makes for its operator. */
export function renderAlerts({ name, folder, place }: Placed, prometheusRule: string): string {
  const { spec } = parse(prometheusRule, { version: '1.1' }) as { spec: { groups: readonly object[] } }
  const head = [
    `# ${MARK} render from chart/ and the values of ${name}${place}. Don't edit it here.`,
    `# For a Prometheus without its operator: rule_files: [${folder}/${name}/alerts.yaml]`,
  ]
  return `${head.join('\n')}\n${stringify({ groups: spec.groups }, { version: '1.1', lineWidth: 0 })}`
}
