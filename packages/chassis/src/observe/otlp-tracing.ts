import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, TraceFlags, trace } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Exchange } from './exchange.ts'
import { parsePairs } from './parse-pairs.ts'
import { newSpanId } from './trace-context.ts'
import { createSampler, type RequestSpan, type SpanAttributes, type Tracing, type TracingCounts, type TracingOptions } from './tracing.ts'

/** How often, at most, a failing collector is complained about. */
const WARN_INTERVAL_MILLISECONDS = 60_000

export function openOtlpTracing(options: Omit<TracingOptions, 'headers'> & { url: string; headers: Record<string, string> }): Tracing {
  const exporter = new OTLPTraceExporter({ url: options.url, headers: options.headers, timeoutMillis: options.exportTimeout })
  const counts: TracingCounts = { exported: 0, dropped: 0 }
  const counting = countExports(exporter, counts, options.warn)
  const batches = new BatchSpanProcessor({
    exporter: counting,
    maxQueueSize: options.maxQueueSize,
    maxExportBatchSize: Math.min(options.maxExportBatchSize, options.maxQueueSize),
    scheduledDelayMillis: options.scheduleDelay,
    exportTimeoutMillis: options.batchTimeout,
  })
  return createTracing(options, boundedQueue(batches, counting, counts, options.maxQueueSize), counts)
}

type CreateOptions = Pick<TracingOptions, 'sampler' | 'samplerRatio' | 'serviceName' | 'serviceVersion' | 'resourceAttributes'>

/** Tracing into any span processor; tests collect spans in memory with it. */
export function createTracing(options: CreateOptions, processor: SpanProcessor, counts: TracingCounts): Tracing {
  const presetIds = { traceId: '', spanId: '' }
  const provider = new TracerProvider({
    // The decision was made before a span is asked for, so that unsampled requests cost nothing.
    sampler: { shouldSample: () => ({ decision: 2 }), toString: () => 'Decided' },
    idGenerator: {
      generateTraceId: () => presetIds.traceId,
      generateSpanId() {
        const id = presetIds.spanId || newSpanId()
        presetIds.spanId = ''
        return id
      },
    },
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': options.serviceVersion,
      ...parsePairs(options.resourceAttributes),
    }),
    spanProcessors: [processor],
  })
  const tracer = provider.getTracer('slipway')
  return {
    isSampled: createSampler(options.sampler, options.samplerRatio),
    start(exchange) {
      presetIds.traceId = exchange.traceId
      presetIds.spanId = exchange.spanId
      return new OtlpRequestSpan(tracer, exchange)
    },
    counts: () => counts,
    close: (timeoutMilliseconds) => settleWithin(provider.shutdown(), timeoutMilliseconds),
  }
}

/** Which span is current, for sampled requests alone: the others never enter an async context. */
const currentSpan = new AsyncLocalStorage<Span>()

class OtlpRequestSpan implements RequestSpan {
  readonly #tracer: Tracer
  readonly #span: Span

  constructor(tracer: Tracer, exchange: Exchange) {
    this.#tracer = tracer
    const startTime = performance.timeOrigin + exchange.startedAt
    this.#span = tracer.startSpan(exchange.method, { kind: SpanKind.SERVER, startTime }, parentOf(exchange))
  }

  currentSpanId(): string {
    return (currentSpan.getStore() ?? this.#span).spanContext().spanId
  }

  run<Result>(name: string, work: () => Result, attributes: SpanAttributes = {}): Result {
    const parent = trace.setSpan(ROOT_CONTEXT, currentSpan.getStore() ?? this.#span)
    const span = this.#tracer.startSpan(name, { attributes }, parent)
    try {
      const result = currentSpan.run(span, work)
      if (!(result instanceof Promise)) {
        span.end()
        return result
      }
      return result.then(
        (value) => {
          span.end()
          return value
        },
        (error: unknown) => fail(span, error),
      ) as Result
    } catch (error) {
      return fail(span, error)
    }
  }

  end(exchange: Exchange, status: number): void {
    const span = this.#span
    const template = exchange.route.template
    span.updateName(template === '' ? exchange.method : `${exchange.method} ${template}`)
    // OpenTelemetry semantic conventions, HTTP server spans.
    span.setAttributes({
      'http.request.method': exchange.route.method,
      'http.response.status_code': status,
      'url.path': exchange.path,
      'url.scheme': exchange.request.url.startsWith('https:') ? 'https' : 'http',
      'http.request.header.x-request-id': exchange.requestId,
    })
    if (template !== '') span.setAttribute('http.route', template)
    const userAgent = exchange.header('user-agent')
    if (userAgent !== undefined) span.setAttribute('user_agent.original', userAgent)
    if (status >= 500) {
      span.setAttribute('error.type', String(status))
      span.setStatus({ code: SpanStatusCode.ERROR })
    }
    if (exchange.error instanceof Error) span.recordException(exchange.error)
    span.end(performance.timeOrigin + performance.now())
  }
}

function fail(span: Span, error: unknown): never {
  if (error instanceof Error) span.recordException(error)
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
  throw error
}

function parentOf({ parent, isSampled }: Exchange): Context {
  if (!parent) return ROOT_CONTEXT
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return trace.setSpanContext(ROOT_CONTEXT, { traceId: parent.traceId, spanId: parent.spanId, traceFlags, isRemote: true })
}

function countExports(exporter: SpanExporter, counts: TracingCounts, warn: TracingOptions['warn']): SpanExporter {
  let warnedAt = Number.NEGATIVE_INFINITY
  return {
    export(spans: ReadableSpan[], done) {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) counts.exported += spans.length
        else {
          counts.dropped += spans.length
          const now = performance.now()
          if (now - warnedAt > WARN_INTERVAL_MILLISECONDS) {
            warnedAt = now
            warn('Traces could not be exported and were dropped; requests are served all the same', { error: result.error, dropped: counts.dropped })
          }
        }
        done(result)
      })
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
}

/** The batch processor drops silently when its queue is full; here the same bound is kept, and what it drops is counted. */
function boundedQueue(batches: BatchSpanProcessor, exporter: SpanExporter, counts: TracingCounts, maxQueueSize: number): SpanProcessor {
  let waiting = 0
  const send = exporter.export.bind(exporter)
  exporter.export = (spans, done) => {
    waiting -= spans.length
    send(spans, done)
  }
  return {
    onStart: (span, context) => batches.onStart(span, context),
    onEnd(span) {
      if (waiting >= maxQueueSize) {
        counts.dropped++
        return
      }
      waiting++
      batches.onEnd(span)
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  }
}

async function settleWithin(work: Promise<void>, timeoutMilliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMilliseconds)
  })
  await Promise.race([work.catch(() => {}), timeout])
  clearTimeout(timer)
}
