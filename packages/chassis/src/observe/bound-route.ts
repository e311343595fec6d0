import type { BoundSeries } from './bound-histogram.ts'
import type { RequestDurations } from './metrics.ts'

/** What one route and status need at each request, made once: the series of the histogram, and the constant part of the log line. */
export interface BoundOutcome {
  durations: BoundSeries
  /** From after the time to before the path. Undefined where the log's level leaves access lines out. */
  lineHead: string | undefined
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
    const { service, deployment, durations, logs } = this.#options
    const level = status >= 500 ? 'error' : 'info'
    const fields = JSON.stringify({
      service,
      deployment,
      message: `${this.method} ${this.template || '(no route)'} ${status}`,
      'http.request.method': this.method,
      'http.route': this.template,
      'http.response.status_code': status,
    })
    const outcome: BoundOutcome = {
      durations: durations.series({
        http_request_method: this.method,
        http_route: this.template,
        http_response_status_code: String(status),
      }),
      lineHead: logs(level) ? `","level":"${level}",${fields.slice(1, -1)},"url.path":"` : undefined,
    }
    this.#outcomes.set(status, outcome)
    return outcome
  }
}
