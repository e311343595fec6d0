import type { ResourceMeter, Series } from '../../definition/resource.ts'
import { hostOf, portOf } from './base-url.ts'
import type { Breaker, BreakerState } from './breaker.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { OutgoingRequest } from './upstream-call.ts'
import { BadReply, Unavailable, type UnavailableKind } from './upstream-error.ts'

export type CallOutcome = 'ok' | UnavailableKind | 'bad_reply' | 'aborted'

const OUTCOMES: readonly CallOutcome[] = [
  'ok',
  'refused',
  'reset',
  'timeout',
  'status',
  'deadline',
  'open',
  'resting',
  'saturated',
  'bad_reply',
  'aborted',
]
const STATES: readonly BreakerState[] = ['closed', 'open', 'half-open']

export interface UpstreamMetersOptions {
  resource: string
  url: URL
  meter: ResourceMeter
  breaker: Breaker
  budget: RetryBudget
}

/** A try as it is told of: its span's attributes, which get what becomes of it. */
export interface ObservedTry {
  readonly attributes: Record<string, string | number>
  onStatus(status: number): void
}

const TRY_LABELS = ['http_request_method', 'http_response_status_code', 'error_type', 'server_address', 'server_port', 'resource'] as const

/** What is measured of an upstream: every try as OpenTelemetry's semantic conventions want it, calls by their outcome, and what bounds them. */
export class UpstreamMeters {
  readonly #labels: { readonly server_address: string; readonly server_port: string; readonly resource: string }
  readonly #durations: (labels: Readonly<Record<(typeof TRY_LABELS)[number], string>>) => Series
  readonly #calls = new Map<CallOutcome, number>(OUTCOMES.map((outcome) => [outcome, 0]))
  readonly #retries = { made: 0, over_budget: 0 }
  /** Tries that are under way. */
  active = 0

  constructor({ resource, url, meter, breaker, budget }: UpstreamMetersOptions) {
    this.#labels = { server_address: hostOf(url), server_port: String(portOf(url)), resource }
    this.#durations = meter.histogram({
      name: 'http_client_request_duration_seconds',
      help: 'Duration of HTTP requests to upstreams, each try on its own, by method, status and error.',
      labels: TRY_LABELS,
    })
    meter.gauge({ name: 'http_client_active_requests', help: 'HTTP requests to upstreams that are under way.', labels: ['resource'] }, () => [
      { labels: { resource }, value: this.active },
    ])
    meter.counter(
      { name: 'upstream_calls_total', help: 'Calls of upstreams by outcome, however many tries each took.', labels: ['resource', 'outcome'] },
      () => [...this.#calls].map(([outcome, value]) => ({ labels: { resource, outcome }, value })),
    )
    meter.counter(
      { name: 'upstream_retries_total', help: 'Retries that were sent, or were over the retry budget.', labels: ['resource', 'outcome'] },
      () => Object.entries(this.#retries).map(([outcome, value]) => ({ labels: { resource, outcome }, value })),
    )
    meter.gauge({ name: 'upstream_retry_budget', help: 'Retries that are left for now.', labels: ['resource'] }, () => [
      { labels: { resource }, value: budget.left },
    ])
    meter.gauge(
      { name: 'upstream_breaker_state', help: 'State of the circuit breaker: 1 for the one that it is in.', labels: ['resource', 'state'] },
      () => STATES.map((state) => ({ labels: { resource, state }, value: Number(breaker.state === state) })),
    )
  }

  countCall(outcome: CallOutcome): void {
    this.#calls.set(outcome, (this.#calls.get(outcome) ?? 0) + 1)
  }

  countRetry(isMade: boolean): void {
    this.#retries[isMade ? 'made' : 'over_budget']++
  }

  /** Prepares what a try's span and its series say (OpenTelemetry semantic conventions, HTTP client). */
  observe({ method, url }: OutgoingRequest, attempt: number): ObservedTry {
    const attributes: Record<string, string | number> = {
      'http.request.method': method,
      // Without the query, which may have secrets.
      'url.full': `${url.origin}${url.pathname}`,
      'server.address': hostOf(url),
      'server.port': portOf(url),
    }
    if (attempt > 1) attributes['http.request.resend_count'] = attempt - 1
    const onStatus = (status: number) => {
      attributes['http.response.status_code'] = status
    }
    return { attributes, onStatus }
  }

  /** Measures one try. */
  async measure<Result>({ attributes }: ObservedTry, work: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now()
    this.active++
    try {
      return await work()
    } catch (error) {
      const status = Number(attributes['http.response.status_code'] ?? 0)
      attributes['error.type'] = status >= 400 ? String(status) : outcomeOf(error)
      throw error
    } finally {
      this.active--
      const series = this.#durations({
        http_request_method: String(attributes['http.request.method']),
        http_response_status_code: String(attributes['http.response.status_code'] ?? ''),
        error_type: String(attributes['error.type'] ?? ''),
        ...this.#labels,
      })
      series.observe((performance.now() - startedAt) / 1000)
    }
  }
}

/** What a failure is called in metrics and spans. */
export function outcomeOf(error: unknown): CallOutcome {
  if (error instanceof Unavailable) return error.kind
  return error instanceof BadReply ? 'bad_reply' : 'aborted'
}
