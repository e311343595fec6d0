import { Counter, Gauge, type Registry } from 'prom-client'
import type { MeterOptions, MeterSample, ResourceMeter } from '../definition/resource.ts'
import { BoundHistogram } from './bound-histogram.ts'

type Read = () => readonly MeterSample<string>[]

/** The metrics of a service's resources. Those of one kind share a metric, each with labels of its own. */
export class ResourceMeters {
  readonly #registry: Registry
  readonly #histograms = new Map<string, BoundHistogram<string>>()
  /** Who is read at a scrape, by metric, then by resource: an attempt to open replaces the readers of the one before. */
  readonly #readers = new Map<string, Map<string, Read>>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  meterOf(resource: string): ResourceMeter {
    return {
      histogram: (options) => {
        const histogram = this.#histogram(options)
        return (labels) => histogram.series(labels)
      },
      gauge: (options, read) => this.#collect(Gauge, options, resource, read),
      counter: (options, read) => this.#collect(Counter, options, resource, read),
    }
  }

  #histogram({ name, help, labels = [], buckets }: MeterOptions<string> & { buckets?: readonly number[] }): BoundHistogram<string> {
    const histogram = this.#histograms.get(name) ?? new BoundHistogram({ name, help, labels, ...(buckets && { buckets }) }, this.#registry)
    this.#histograms.set(name, histogram)
    return histogram
  }

  #collect(Type: typeof Gauge | typeof Counter, { name, help, labels = [] }: MeterOptions<string>, resource: string, read: Read): void {
    const known = this.#readers.get(name)
    if (known) {
      known.set(resource, read)
      return
    }
    const readers = new Map([[resource, read]])
    this.#readers.set(name, readers)
    new Type({
      name,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      collect() {
        this.reset()
        for (const { labels, value } of [...readers.values()].flatMap((readOne) => readOne())) this.inc(labels, value)
      },
    })
  }
}
