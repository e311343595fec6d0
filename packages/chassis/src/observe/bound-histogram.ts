import { Histogram, type Registry } from 'prom-client'

/** Seconds; the bounds that OpenTelemetry's semantic conventions advise for `http.server.request.duration`. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

type Labels = Readonly<Record<string, string>>

/** One set of labels of a histogram. */
export class BoundSeries {
  readonly labels: Labels
  readonly #buckets: readonly number[]
  /** Observations by bucket, not cumulated; the last is +Inf. */
  readonly counts: number[]
  sum = 0

  constructor(labels: Labels, buckets: readonly number[]) {
    this.labels = labels
    this.#buckets = buckets
    this.counts = new Array(buckets.length + 1).fill(0)
  }

  observe(value: number): void {
    const buckets = this.#buckets
    let bucket = 0
    while (bucket < buckets.length && value > (buckets[bucket] as number)) bucket++
    this.counts[bucket] = (this.counts[bucket] as number) + 1
    this.sum += value
  }
}

export interface BoundHistogramOptions<Label extends string> {
  name: string
  help: string
  labels: readonly Label[]
  buckets?: readonly number[]
}

/** A histogram whose users keep their series: prom-client looks one up by its labels at each observation; here it only prints them. */
export class BoundHistogram<Label extends string> extends Histogram<Label> {
  readonly #name: string
  readonly #help: string
  readonly #buckets: readonly number[]
  readonly #series = new Map<string, BoundSeries>()

  constructor({ name, help, labels, buckets = DURATION_BUCKETS }: BoundHistogramOptions<Label>, registry: Registry) {
    super({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] })
    this.#name = name
    this.#help = help
    this.#buckets = buckets
  }

  /** The series of these labels, the same one each time. */
  series(labels: Readonly<Record<Label, string>>): BoundSeries {
    const key = JSON.stringify(labels)
    const series = this.#series.get(key) ?? new BoundSeries(labels, this.#buckets)
    this.#series.set(key, series)
    return series
  }

  /** What prom-client prints a histogram from; its types leave it out. */
  async getForPromString() {
    const values = [...this.#series.values()].flatMap((series) => this.#valuesOf(series))
    return { name: this.#name, help: this.#help, type: 'histogram', values, aggregator: 'sum' }
  }

  #valuesOf({ labels, counts, sum }: BoundSeries) {
    const sample = (suffix: string, value: number, more = {}) => ({
      metricName: `${this.#name}_${suffix}`,
      value,
      labels: more,
      sharedLabels: labels,
    })
    let cumulated = 0
    const buckets = counts.map((count, index) => {
      cumulated += count
      return sample('bucket', cumulated, { le: this.#buckets[index] ?? '+Inf' })
    })
    return [...buckets, sample('sum', sum), sample('count', cumulated)]
  }
}
