import type { Exchange } from './exchange.ts'
import { parsePairs } from './parse-pairs.ts'

/** The names that OTEL_TRACES_SAMPLER may have (OpenTelemetry specification, environment variables). */
export type SamplerName =
  | 'always_on' | 'always_off' | 'traceidratio'
  | 'parentbased_always_on' | 'parentbased_always_off' | 'parentbased_traceidratio'

/** What a span says of the work it stands for: OpenTelemetry attributes. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** The span of one sampled request, and of the work inside it. */
export interface RequestSpan {
  /** The id of the span that is current where this is called. */
  currentSpanId(): string
  /** Runs `work` inside a child of the current span. */
  run<Result>(name: string, work: () => Result, attributes?: SpanAttributes): Result
  /** Ends the span, with what the exchange became. */
  end(exchange: Exchange, status: number): void
}

export interface TracingCounts {
  exported: number
  /** Spans that never reached the collector: the queue was full, or the export failed. */
  dropped: number
}

export interface Tracing {
  /** Decides before any span exists; an unsampled request never gets one. */
  isSampled(traceId: string, isParentSampled: boolean | undefined): boolean
  start(exchange: Exchange): RequestSpan
  counts(): TracingCounts
  /** Sends what is left, for at most `timeoutMilliseconds`, and ends. Never rejects. */
  close(timeoutMilliseconds: number): Promise<void>
}

export interface TracingOptions {
  isDisabled: boolean
  endpoint: string | undefined
  tracesEndpoint: string | undefined
  headers: string | undefined
  exportTimeout: number
  sampler: SamplerName
  samplerRatio: number
  serviceName: string
  serviceVersion: string
  resourceAttributes: string | undefined
  maxQueueSize: number
  maxExportBatchSize: number
  scheduleDelay: number
  batchTimeout: number
  warn(message: string, fields: Readonly<Record<string, unknown>>): void
}

/** Loads OpenTelemetry's SDK only when there is somewhere to send traces to: it costs memory and time to start. */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const url = tracesUrl(options)
  if (options.isDisabled || url === undefined) return noTracing
  const { openOtlpTracing } = await import('./otlp-tracing.ts')
  return openOtlpTracing({ ...options, url, headers: parsePairs(options.headers) })
}

export const noTracing: Tracing = {
  isSampled: () => false,
  start() {
    throw new Error('Nothing is sampled where nothing is traced.')
  },
  counts: () => ({ exported: 0, dropped: 0 }),
  close: async () => {},
}

/** A decision for each of the sampler names. The ratio is compared with the trace id's low 52 bits, so that every service of a trace decides alike. */
export function createSampler(name: SamplerName, ratio: number): Tracing['isSampled'] {
  const threshold = ratio * 2 ** 52
  const roots: Record<string, (traceId: string) => boolean> = {
    always_on: () => true,
    always_off: () => false,
    traceidratio: (traceId) => Number.parseInt(traceId.slice(19), 16) < threshold,
  }
  const [, base, root] = /^(parentbased_)?(.*)$/.exec(name) ?? []
  const decide = roots[root ?? ''] ?? (() => true)
  return base ? (traceId, isParentSampled) => isParentSampled ?? decide(traceId) : decide
}

function tracesUrl({ endpoint, tracesEndpoint }: TracingOptions): string | undefined {
  if (tracesEndpoint !== undefined) return tracesEndpoint
  return endpoint === undefined ? undefined : `${endpoint.replace(/\/$/, '')}/v1/traces`
}
