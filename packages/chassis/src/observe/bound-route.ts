import { AccessLine } from './access-line.ts'
import type { BoundSeries } from './bound-histogram.ts'
import type { RequestDurations } from './metrics.ts'
import type { SpanAttributes } from './span.ts'

/** What one route and status need at each request, made once: the series of the histogram, and what is constant in log line and span. */
export interface BoundOutcome {
  durations: BoundSeries
  /** Undefined where the log's level leaves access lines out. */
  accessLine: AccessLine | undefined
  spanName: string
  spanAttributes: SpanAttributes
  isError: boolean
}

export interface BindOptions {
  service: string
  deployment: string
  durations: RequestDurations
  /** Whether a line of this level is logged. */
  logs(level: 'info' | 'error'): boolean
}

/** One method and path template as the observer sees them. */
export class BoundRoute {
  /** As in the metrics: `_OTHER` for a method that HTTP does not know (OpenTelemetry semantic conventions). */
  readonly method: string
  /** `/passengers/{uuid}`; empty where no route matched, so that unknown paths are one series. */
  readonly template: string
  /** Whether the route is left out of metrics, log and traces: probes and scrapes would drown what matters. */
  readonly isQuiet: boolean
  readonly #options: BindOptions
  readonly #outcomes = new Map<number, BoundOutcome>()

  constructor(method: string, template: string, isQuiet: boolean, options: BindOptions) {
    this.method = method
    this.template = template
    this.isQuiet = isQuiet
    this.#options = options
  }

  outcome(status: number): BoundOutcome {
    return this.#outcomes.get(status) ?? this.#bind(status)
  }

  #bind(status: number): BoundOutcome {
    const { method, template } = this
    const { service, deployment, durations, logs } = this.#options
    const isError = status >= 500
    const level = isError ? 'error' : 'info'
    const message = `${method} ${template || '(no route)'} ${status}`
    const facts = { 'http.request.method': method, 'http.route': template, 'http.response.status_code': status }
    const outcome: BoundOutcome = {
      durations: durations.series({ http_request_method: method, http_route: template, http_response_status_code: String(status) }),
      accessLine: logs(level) ? new AccessLine(template, { level, service, deployment, message, ...facts }) : undefined,
      spanName: template === '' ? method : `${method} ${template}`,
      spanAttributes: spanAttributes(method, template, status),
      isError,
    }
    this.#outcomes.set(status, outcome)
    return outcome
  }
}

/** OpenTelemetry semantic conventions, HTTP server spans. */
function spanAttributes(method: string, template: string, status: number): SpanAttributes {
  return {
    'http.request.method': method,
    'http.response.status_code': status,
    // The chassis itself speaks nothing else: TLS ends before it.
    'url.scheme': 'http',
    ...(template !== '' && { 'http.route': template }),
    ...(status >= 500 && { 'error.type': String(status) }),
  }
}
