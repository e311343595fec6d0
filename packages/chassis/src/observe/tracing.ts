import type { Exchange } from './exchange.ts'
import { parsePairs } from './parse-pairs.ts'
import { RequestSpan } from './request-span.ts'
import { createSampler, type Sampler, type SamplerName } from './sampler.ts'
import type { SpanSink } from './span.ts'

/** The tracing of one deployment. */
export interface Tracing {
  /** Decides before any span exists; an unsampled request never gets one. */
  isSampled: Sampler
  start(exchange: Exchange): RequestSpan
  counts: SpanSink['counts']
  close: SpanSink['close']
}

export interface TracingOptions {
  isDisabled: boolean
  /** Base URL of an OTLP/HTTP collector. */
  endpoint: string | undefined
  /** Full URL for traces; replaces `endpoint`. */
  tracesEndpoint: string | undefined
  /** `key=value` pairs separated by commas; asked for at each export, for they may hold a secret that changes. */
  headers: () => string | undefined
  /** Milliseconds that the export of a batch may take, retries included. */
  exportTimeout: number
  sampler: SamplerName
  samplerRatio: number
  serviceName: string
  serviceVersion: string
  resourceAttributes: string | undefined
  maxQueueSize: number
  maxExportBatchSize: number
  /** Milliseconds between exports. */
  scheduleDelay: number
  warn(message: string, fields: Readonly<Record<string, unknown>>): void
}

/** Loads the exporter only when there is somewhere to send traces to. */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const url = tracesUrl(options)
  if (options.isDisabled || url === undefined) return noTracing
  const { OtlpExporter } = await import('./otlp-exporter.ts')
  const resource = { 'service.name': options.serviceName, 'service.version': options.serviceVersion, ...parsePairs(options.resourceAttributes) }
  return createTracing(
    createSampler(options.sampler, options.samplerRatio),
    new OtlpExporter({ ...options, url, resource, headers: () => parsePairs(options.headers()) }),
  )
}

/** Tracing into any sink; tests collect spans in memory with it. */
export function createTracing(isSampled: Sampler, sink: SpanSink): Tracing {
  return {
    isSampled,
    start: (exchange) => new RequestSpan(exchange, sink),
    counts: () => sink.counts(),
    close: (timeoutMilliseconds) => sink.close(timeoutMilliseconds),
  }
}

const nowhere: SpanSink = { add: () => {}, counts: () => ({ exported: 0, dropped: 0 }), close: async () => {} }
const noTracing = createTracing(() => false, nowhere)

function tracesUrl({ endpoint, tracesEndpoint }: TracingOptions): string | undefined {
  if (tracesEndpoint !== undefined) return tracesEndpoint
  return endpoint === undefined ? undefined : `${endpoint.replace(/\/$/, '')}/v1/traces`
}
