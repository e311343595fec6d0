import type { RawHeaders } from '../runtime/runtime.ts'
import { type BindOptions, BoundRoute } from './bound-route.ts'
import { Exchange } from './exchange.ts'
import { type LineBlock, toLineBlock } from './line-block.ts'
import type { LineWriter } from './line-writer.ts'
import type { ServiceLogger } from './logger.ts'
import type { ServiceMetrics } from './metrics.ts'
import type { RequestSpan } from './request-span.ts'
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

/**
 * Metrics, access line and span of a request in one step, around everything else that happens to it.
 * Three middlewares would each look at the clock, the route and the status, and each would make the router asynchronous;
 * decisions/004-observing.md has the measurements.
 */
export class RequestObserver {
  readonly #metrics: ServiceMetrics
  readonly #tracing: Tracing
  readonly #lines: LineBlock
  readonly #bindOptions: BindOptions
  readonly #unmatched = new Map<string, BoundRoute>()
  readonly #unmatchedGet: BoundRoute

  constructor({ service, deployment, metrics, tracing, logger, writer }: RequestObserverOptions) {
    this.#metrics = metrics
    this.#tracing = tracing
    this.#lines = toLineBlock(writer)
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
    exchange.isSampled = this.#tracing.isSampled(exchange.ids.randomness, exchange.parent?.isSampled)
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
    const endedAt = performance.now()
    const milliseconds = endedAt - exchange.startedAt
    const outcome = route.outcome(status)
    outcome.durations.observe(milliseconds / 1000)
    if (outcome.accessLine !== undefined) outcome.accessLine.write(this.#lines, exchange, milliseconds)
    if (exchange.isSampled) this.spanOf(exchange).end(outcome, endedAt)
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
