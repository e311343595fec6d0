import type { RawHeaders } from '../runtime/runtime.ts'
import { type BindOptions, BoundRoute } from './bound-route.ts'
import { Exchange } from './exchange.ts'
import type { LineWriter } from './line-writer.ts'
import type { ServiceLogger } from './logger.ts'
import type { ServiceMetrics } from './metrics.ts'
import type { RequestSpan } from './request-span.ts'
import { newIds, parseTraceParent, randomnessOf } from './trace-context.ts'
import type { Tracing } from './tracing.ts'

export interface RequestObserverOptions {
  service: string
  deployment: string
  metrics: ServiceMetrics
  tracing: Tracing
  logger: ServiceLogger
  writer: LineWriter
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent']
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'])
const REQUEST_ID = /^[\w.:+/=-]{1,128}$/
const UNSAFE_IN_JSON = /["\\\x00-\x1f\x7f]/

/**
 * Metrics, access line and span of a request in one step, around everything else that happens to it.
 * Three middlewares would each look at the clock, the route and the status, and each would make the router asynchronous;
 * decisions/004-observing.md has the measurements.
 */
export class RequestObserver {
  readonly #metrics: ServiceMetrics
  readonly #tracing: Tracing
  readonly #writer: LineWriter
  readonly #bindOptions: BindOptions
  readonly #unmatched = new Map<string, BoundRoute>()
  readonly #unmatchedGet: BoundRoute

  constructor({ service, deployment, metrics, tracing, logger, writer }: RequestObserverOptions) {
    this.#metrics = metrics
    this.#tracing = tracing
    this.#writer = writer
    const logs = (level: string) => LEVELS.indexOf(level) >= LEVELS.indexOf(logger.level)
    this.#bindOptions = { service, deployment, durations: metrics.requestDurations, logs }
    this.#unmatchedGet = this.#unmatchedRoute('GET')
  }

  /** Prepares what a route needs at each request. */
  bind(method: string, template: string, isQuiet = false): BoundRoute {
    return new BoundRoute(method, template, isQuiet, this.#bindOptions)
  }

  start(request: Request, rawHeaders: RawHeaders | undefined, path: string | undefined): Exchange {
    const { method } = request
    const route = method === 'GET' ? this.#unmatchedGet : this.#unmatchedRoute(method)
    const exchange = new Exchange(request, rawHeaders, performance.now(), route, path)
    const parent = parseTraceParent(exchange.header('traceparent'))
    const givenId = exchange.header('x-request-id')
    exchange.parent = parent
    exchange.traceId = parent?.traceId ?? newIds.traceId()
    exchange.spanId = newIds.spanId()
    if (givenId !== undefined && REQUEST_ID.test(givenId)) exchange.givenRequestId = givenId
    exchange.requestId = exchange.givenRequestId ?? exchange.traceId
    exchange.isSampled = this.#tracing.isSampled(parent ? randomnessOf(parent.traceId) : newIds.randomness, parent?.isSampled)
    this.#metrics.activeRequests++
    return exchange
  }

  /** The span of a sampled request, made when it is first needed. */
  spanOf(exchange: Exchange): RequestSpan {
    exchange.span ??= this.#tracing.start(exchange)
    return exchange.span
  }

  /** For probes and scrapes, which are no requests to be told of. */
  leaveOut(exchange: Exchange, route: BoundRoute): void {
    exchange.route = route
    this.#metrics.activeRequests--
  }

  finish(exchange: Exchange, status: number): void {
    const { route } = exchange
    if (route.isQuiet) return
    this.#metrics.activeRequests--
    const milliseconds = performance.now() - exchange.startedAt
    const outcome = route.outcome(status)
    outcome.durations.observe(milliseconds / 1000)
    if (outcome.lineHead !== undefined) this.#writer.write(accessLine(exchange, outcome.lineHead, milliseconds))
    if (exchange.isSampled) this.spanOf(exchange).end(status)
  }

  #unmatchedRoute(method: string): BoundRoute {
    const name = KNOWN_METHODS.has(method) ? method : '_OTHER'
    let route = this.#unmatched.get(name)
    if (!route) {
      route = this.bind(name, '')
      this.#unmatched.set(name, route)
    }
    return route
  }
}

/** Put together by hand: what is constant for a route and status is in `head`, and a general serialiser would cost ten times as much. */
function accessLine(exchange: Exchange, head: string, milliseconds: number): string {
  const path = jsonText(exchange.path)
  return `{"time":"${isoNow()}${head}${path}","duration":${inSeconds(milliseconds)},"trace_id":"${exchange.traceId}","span_id":"${exchange.spanId}","request_id":"${exchange.requestId}"}\n`
}

function jsonText(text: string): string {
  return UNSAFE_IN_JSON.test(text) ? JSON.stringify(text).slice(1, -1) : text
}

/** Seconds to the microsecond, without the cost of printing a double. */
function inSeconds(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1000)
  return microseconds < 1_000_000 ? `0.${String(1_000_000 + microseconds).slice(1)}` : String(microseconds / 1_000_000)
}

let lastNow = 0
let lastText = ''

/** ISO 8601 in UTC, to the millisecond; many requests share one. */
function isoNow(): string {
  const now = Date.now()
  if (now !== lastNow) {
    lastNow = now
    lastText = new Date(now).toISOString()
  }
  return lastText
}
