import { Histogram, type Registry } from 'prom-client'

/** Seconds; the bounds that OpenTelemetry's semantic conventions advise for `http.server.request.duration`. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

const NAME = 'http_server_request_duration_seconds'
const HELP = 'Duration of HTTP requests, by method, route template and status.'

type Labels = { http_request_method: string; http_route: string; http_response_status_code: string }

/** One route and status of the histogram. */
export class DurationSeries {
  readonly labels: Labels
  /** Observations by bucket, not cumulated; the last is +Inf. */
  readonly counts: number[] = new Array(DURATION_BUCKETS.length + 1).fill(0)
  sum = 0

  constructor(labels: Labels) {
    this.labels = labels
  }

  observe(seconds: number): void {
    let bucket = 0
    while (bucket < DURATION_BUCKETS.length && seconds > (DURATION_BUCKETS[bucket] as number)) bucket++
    this.counts[bucket] = (this.counts[bucket] as number) + 1
    this.sum += seconds
  }
}

/**
 * `http_server_request_duration_seconds`. prom-client looks an observation's series up by its labels each time;
 * here a route holds its series, and prom-client only prints them.
 */
export class RequestDurations extends Histogram<keyof Labels> {
  readonly #series: DurationSeries[] = []

  constructor(registry: Registry) {
    super({
      name: NAME,
      help: HELP,
      labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
      buckets: DURATION_BUCKETS,
      registers: [registry],
    })
  }

  series(method: string, template: string, status: number): DurationSeries {
    const series = new DurationSeries({ http_request_method: method, http_route: template, http_response_status_code: String(status) })
    this.#series.push(series)
    return series
  }

  /** What prom-client prints a histogram from; its types leave it out. */
  async getForPromString() {
    return { name: NAME, help: HELP, type: 'histogram', values: this.#series.flatMap(valuesOf), aggregator: 'sum' }
  }
}

function valuesOf({ labels, counts, sum }: DurationSeries) {
  let cumulated = 0
  const buckets = counts.map((count, index) => {
    cumulated += count
    return sample('bucket', cumulated, labels, { le: DURATION_BUCKETS[index] ?? '+Inf' })
  })
  return [...buckets, sample('sum', sum, labels), sample('count', cumulated, labels)]
}

function sample(suffix: string, value: number, sharedLabels: Labels, labels = {}) {
  return { metricName: `${NAME}_${suffix}`, value, labels, sharedLabels }
}
