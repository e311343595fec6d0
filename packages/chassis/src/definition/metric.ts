/** What a service counts or measures beside its requests. The name follows Prometheus' rules: base units, and `_total` for counters. */
interface MetricOptions<Label extends string> {
  /** For example `users_lookups_total`; must start with a letter and hold only `a-z`, `0-9` and `_`. */
  name: string
  /** One sentence for the operator who meets the metric. */
  help: string
  /** Names of the labels. Their values must come from a small fixed set, never from user input. @default [] */
  labels?: readonly Label[]
}

export interface CounterDefinition<Label extends string = string> extends MetricOptions<Label> {
  kind: 'counter'
}

export interface GaugeDefinition<Label extends string = string> extends MetricOptions<Label> {
  kind: 'gauge'
}

export interface HistogramDefinition<Label extends string = string> extends MetricOptions<Label> {
  kind: 'histogram'
  /** Upper bounds in the metric's base unit, ascending. @default the bounds that OpenTelemetry advises for seconds */
  buckets?: readonly number[]
}

export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition

type LabelValues<Label extends string> = Readonly<Record<Label, string>>
// A metric without labels takes none; one with labels takes all of them.
type LabelArguments<Label extends string> = [Label] extends [never] ? [] : [labels: LabelValues<Label>]

/** Only goes up. */
export interface Counter<Label extends string = never> {
  increment(...labels: LabelArguments<Label>): void
  /** Adds `amount`, which must not be negative. */
  add(amount: number, ...labels: LabelArguments<Label>): void
}

/** Goes up and down. */
export interface Gauge<Label extends string = never> {
  set(value: number, ...labels: LabelArguments<Label>): void
  add(amount: number, ...labels: LabelArguments<Label>): void
}

/** A distribution. */
export interface Histogram<Label extends string = never> {
  observe(value: number, ...labels: LabelArguments<Label>): void
}

/** The names of a metric's labels. A metric that declares none has been given `string`, which stands for no name. */
type LabelOf<Definition> = Definition extends MetricOptions<infer Label> ? (string extends Label ? never : Label) : never

/** What a handler gets for each metric that its service declares. */
export type MetricHandles<Metrics> = {
  readonly [Name in keyof Metrics]: Metrics[Name] extends { kind: 'counter' }
    ? Counter<LabelOf<Metrics[Name]>>
    : Metrics[Name] extends { kind: 'gauge' }
      ? Gauge<LabelOf<Metrics[Name]>>
      : Histogram<LabelOf<Metrics[Name]>>
}

export function counter<const Label extends string = never>(options: MetricOptions<Label>): CounterDefinition<Label> {
  return { kind: 'counter', ...options }
}

export function gauge<const Label extends string = never>(options: MetricOptions<Label>): GaugeDefinition<Label> {
  return { kind: 'gauge', ...options }
}

export function histogram<const Label extends string = never>(
  options: MetricOptions<Label> & Pick<HistogramDefinition, 'buckets'>,
): HistogramDefinition<Label> {
  return { kind: 'histogram', ...options }
}
