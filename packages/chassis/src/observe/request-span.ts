import { AsyncLocalStorage } from 'node:async_hooks'
import type { SpanOptions } from '../definition/resource.ts'
import type { BoundOutcome } from './bound-route.ts'
import type { Exchange } from './exchange.ts'
import { exceptionEvent, type SpanAttributes, type SpanEvent, type SpanSink } from './span.ts'

/** Which span is current, for sampled requests alone: the others never enter an async context. */
const currentSpanId = new AsyncLocalStorage<string>()

const NO_ATTRIBUTES: SpanAttributes = Object.freeze({})
const NO_EVENTS: readonly SpanEvent[] = Object.freeze([])

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
    return currentSpanId.getStore() ?? this.#exchange.ids.spanId
  }

  /** Runs `work` inside a child of the current span. */
  run<Result>(name: string, work: () => Result, options: SpanOptions = {}): Result {
    const parentSpanId = this.currentId
    const ids = this.#exchange.ids.child()
    const startedAt = performance.now()
    const end = (failure?: { error: unknown }) => {
      this.#sink.add({
        ids,
        parentSpanId,
        traceState: this.#exchange.traceState,
        name,
        kind: options.kind ?? 'internal',
        startedAt,
        endedAt: performance.now(),
        commonAttributes: options.commonAttributes ?? NO_ATTRIBUTES,
        attributes: options.attributes ?? NO_ATTRIBUTES,
        isError: failure !== undefined,
        events: failure ? [exceptionEvent(failure.error)] : NO_EVENTS,
      })
    }
    try {
      const result = currentSpanId.run(ids.spanId, work)
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
  end({ spanName, spanAttributes, isError }: BoundOutcome, endedAt: number): void {
    const exchange = this.#exchange
    const attributes: Record<string, string> = { 'url.path': exchange.path }
    // Not spread into the object above: that costs a microsecond each, where the rest of a span costs one.
    const userAgent = exchange.header('user-agent')
    if (userAgent !== undefined) attributes['user_agent.original'] = userAgent
    if (exchange.givenRequestId !== undefined) attributes['http.request.header.x-request-id'] = exchange.givenRequestId
    this.#sink.add({
      ids: exchange.ids,
      parentSpanId: exchange.parent?.spanId,
      traceState: exchange.traceState,
      name: spanName,
      kind: 'server',
      startedAt: exchange.startedAt,
      endedAt,
      commonAttributes: spanAttributes,
      attributes,
      isError,
      events: exchange.error === undefined ? NO_EVENTS : [exceptionEvent(exchange.error)],
    })
  }
}
