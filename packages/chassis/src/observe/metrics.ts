import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { MetricDefinition } from '../definition/metric.ts'
import { BoundHistogram, DURATION_BUCKETS } from './bound-histogram.ts'
import { ResourceMeters } from './resource-meters.ts'
import type { Tracing } from './tracing.ts'

export interface ServiceMetricsOptions {
  /** Labels of `service_info`: what runs here. */
  info: Readonly<Record<string, string>>
  tracing: Tracing
  /** Adds the runtime's own metrics: process, event loop, garbage collection, heap. Returns what ends their collection. */
  collectRuntimeMetrics(registry: Registry): () => void
  /** What the service declares. */
  definitions: Readonly<Record<string, MetricDefinition>>
}

/** `http_server_request_duration_seconds`, by method, route template and status. */
export type RequestDurations = BoundHistogram<'http_request_method' | 'http_route' | 'http_response_status_code'>

/** All metrics of one deployment, in a registry of its own, so that several can run in one process. */
export class ServiceMetrics {
  readonly registry = new Registry()
  readonly requestDurations: RequestDurations = new BoundHistogram(
    {
      name: 'http_server_request_duration_seconds',
      help: 'Duration of HTTP requests, by method, route template and status.',
      labels: ['http_request_method', 'http_route', 'http_response_status_code'],
    },
    this.registry,
  )
  /** Where resources register what they measure. */
  readonly resources = new ResourceMeters(this.registry)
  activeRequests = 0
  /** What handlers get as `metrics`. */
  readonly handles: Readonly<Record<string, unknown>>
  readonly #stopCollecting: () => void

  constructor({ info, tracing, collectRuntimeMetrics, definitions }: ServiceMetricsOptions) {
    const registers = [this.registry]
    new Gauge({ name: 'service_info', help: 'What runs here; always 1.', labelNames: Object.keys(info), registers }).set(info, 1)
    collected(Gauge, 'http_server_active_requests', 'HTTP requests in flight.', registers, () => this.activeRequests)
    collected(Counter, 'otel_sdk_exporter_spans_exported_total', 'Spans that the collector took.', registers, () => tracing.counts().exported)
    collected(Counter, 'otel_sdk_exporter_spans_dropped_total', 'Spans that never reached the collector.', registers, () => tracing.counts().dropped)
    this.#stopCollecting = collectRuntimeMetrics(this.registry)
    this.handles = Object.freeze(
      Object.fromEntries(Object.entries(definitions).map(([name, definition]) => [name, handleOf(definition, this.registry)])),
    )
  }

  /** Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics()
  }

  get contentType(): string {
    return this.registry.contentType
  }

  close(): void {
    this.#stopCollecting()
    this.registry.clear()
  }
}

type LabelSet = Record<string, string>

/** A metric whose value is read when it is scraped. */
function collected(Type: typeof Gauge | typeof Counter, name: string, help: string, registers: Registry[], read: () => number): void {
  new Type({
    name,
    help,
    registers,
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}

function handleOf(definition: MetricDefinition, registry: Registry): unknown {
  const { name, help, labels = [] } = definition
  const options = { name, help, labelNames: [...labels], registers: [registry] }
  switch (definition.kind) {
    case 'counter': {
      const metric = new Counter(options)
      return { increment: (set: LabelSet = {}) => metric.inc(set), add: (amount: number, set: LabelSet = {}) => metric.inc(set, amount) }
    }
    case 'gauge': {
      const metric = new Gauge(options)
      return {
        set: (value: number, set: LabelSet = {}) => metric.set(set, value),
        add: (amount: number, set: LabelSet = {}) => metric.inc(set, amount),
      }
    }
    case 'histogram': {
      const metric = new Histogram({ ...options, buckets: [...(definition.buckets ?? DURATION_BUCKETS)] })
      return { observe: (value: number, set: LabelSet = {}) => metric.observe(set, value) }
    }
  }
}
