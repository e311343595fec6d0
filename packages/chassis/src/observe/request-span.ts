import { AsyncLocalStorage } from 'node:async_hooks'
import type { SpanOptions } from '../definition/resource.ts'
import type { Exchange } from './exchange.ts'
import { exceptionEvent, type SpanSink } from './span.ts'
import { newIds } from './trace-context.ts'

/** Which span is current, for sampled requests alone: the others never enter an async context. */
const currentSpanId = new AsyncLocalStorage<string>()

/** The span of one sampled request, and of the work inside it. */
export class RequestSpan {
  readonly #exchange: Exchange
  readonly #sink: SpanSink

  constructor(exchange: Exchange, sink: SpanSink) {
    this.#exchange = exchange
    this.#sink = sink
  }

  /** The id of the span that is current where this is called. */
  get currentId(): string {
    return currentSpanId.getStore() ?? this.#exchange.spanId
  }

  /** Runs `work` inside a child of the current span. */
  run<Result>(name: string, work: () => Result, options: SpanOptions = {}): Result {
    const parentSpanId = this.currentId
    const spanId = newIds.spanId()
    const startedAt = performance.now()
    const end = (failure?: { error: unknown }) => {
      this.#sink.add({
        traceId: this.#exchange.traceId,
        spanId,
        parentSpanId,
        traceState: this.#exchange.traceState,
        name,
        kind: options.kind ?? 'internal',
        startedAt,
        endedAt: performance.now(),
        attributes: options.attributes ?? {},
        isError: failure !== undefined,
        events: failure ? [exceptionEvent(failure.error)] : [],
      })
    }
    try {
      const result = currentSpanId.run(spanId, work)
      if (result instanceof Promise) {
        result.then(
          () => end(),
          (error: unknown) => end({ error }),
        )
      } else end()
      return result
    } catch (error) {
      end({ error })
      throw error
    }
  }

  /** Ends the request's own span, with what the exchange became (OpenTelemetry semantic conventions, HTTP server spans). */
  end(status: number): void {
    const exchange = this.#exchange
    const { method, template } = exchange.route
    const attributes: Record<string, string | number> = {
      'http.request.method': method,
      'http.response.status_code': status,
      'url.path': exchange.path,
      'url.scheme': exchange.request.url.startsWith('https:') ? 'https' : 'http',
    }
    // Not spread into the object above: that costs a microsecond each, where the rest of a span costs one.
    const userAgent = exchange.header('user-agent')
    if (template !== '') attributes['http.route'] = template
    if (userAgent !== undefined) attributes['user_agent.original'] = userAgent
    if (exchange.givenRequestId !== undefined) attributes['http.request.header.x-request-id'] = exchange.givenRequestId
    if (status >= 500) attributes['error.type'] = String(status)
    this.#sink.add({
      traceId: exchange.traceId,
      spanId: exchange.spanId,
      parentSpanId: exchange.parent?.spanId,
      traceState: exchange.traceState,
      name: template === '' ? method : `${method} ${template}`,
      kind: 'server',
      startedAt: exchange.startedAt,
      endedAt: performance.now(),
      attributes,
      isError: status >= 500,
      events: exchange.error === undefined ? [] : [exceptionEvent(exchange.error)],
    })
  }
}
