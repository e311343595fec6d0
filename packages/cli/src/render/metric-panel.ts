import type { MetricContract } from '../contract/contract.ts'

const SERIES = '{namespace="$namespace",job="$deployment"}'

/** The panel of a metric that the service itself declares. */
export function toMetricPanel(metric: MetricContract) {
  const { help, kind, labels } = metric
  return {
    type: 'timeseries',
    title: help.replace(/\.$/, ''),
    datasource: { type: 'prometheus', uid: `\${datasource}` },
    fieldConfig: { defaults: { unit: kind === 'counter' ? 'ops' : 'short' }, overrides: [] },
    targets: [{ refId: 'A', expr: queryOf(metric), legendFormat: labels.map((label) => `{{${label}}}`).join(' ') || 'all' }],
  }
}

function queryOf({ name, kind, labels }: MetricContract): string {
  if (kind === 'counter') return `sum${by(labels)} (rate(${name}${SERIES}[$__rate_interval]))`
  if (kind === 'gauge') return `sum${by(labels)} (${name}${SERIES})`
  return `histogram_quantile(0.95, sum${by(['le', ...labels])} (rate(${name}_bucket${SERIES}[$__rate_interval])))`
}

function by(labels: readonly string[]): string {
  return labels.length === 0 ? '' : ` by (${labels.join(', ')})`
}
