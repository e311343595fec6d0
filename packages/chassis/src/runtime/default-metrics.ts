import { collectDefaultMetrics, type Registry } from 'prom-client'

/** Gauges that prom-client names like counters, which Prometheus' own check refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** What prom-client collects of process, event loop and heap; both runtimes have it. */
export function collectCommonMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
}
