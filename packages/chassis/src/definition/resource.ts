import type { z } from 'zod'
import type { CallScope } from './call-scope.ts'
import type { Logger } from './logger.ts'

/** One place outside the pod that a resource talks to; the NetworkPolicy's egress rules are derived from these. */
export interface NetworkNeed {
  host: string
  port: number
}

/** One set of labels of a histogram, to be kept and observed into. */
export interface Series {
  observe(value: number): void
}

export interface MeterOptions<Label extends string> {
  /** Prometheus' rules: base units, `_total` for counters. OpenTelemetry's semantic conventions have the words. */
  name: string
  help: string
  /** @default [] */
  labels?: readonly Label[]
}

/** A value that is read when it is scraped. */
export interface MeterSample<Label extends string> {
  labels: Readonly<Record<Label, string>>
  value: number
}

/** Registers what a resource measures. A name may be registered again, by the next attempt to open or by a resource of the same kind. */
export interface ResourceMeter {
  /** Returns what finds the series of a set of labels; keep series where it is hot. */
  histogram<Label extends string>(options: MeterOptions<Label> & { buckets?: readonly number[] }): (labels: Readonly<Record<Label, string>>) => Series
  gauge<Label extends string>(options: MeterOptions<Label>, read: () => readonly MeterSample<Label>[]): void
  /** `read` gives totals since the start, which never fall. */
  counter<Label extends string>(options: MeterOptions<Label>, read: () => readonly MeterSample<Label>[]): void
}

/** What a resource may use while it opens. */
export interface ResourceContext<Config> {
  /** The service's name for the resource. */
  name: string
  /** The name of the deployment that the process is part of. */
  deployment: string
  /** The service's version, as it was built. */
  version: string
  /** Seconds: the longest time that any of the service's requests may take. */
  longestDeadline: number
  meter: ResourceMeter
  /** The parsed values of the resource's own config keys. A secret that comes from a file reads as its current content. */
  config: Readonly<Config>
  log: Logger
  /** Aborted when the process stops before the resource is open; what opens all the same within 5 s is closed with the others. */
  signal: AbortSignal
}

export interface SpanOptions {
  /** OpenTelemetry attributes. @default {} */
  attributes?: Readonly<Record<string, string | number | boolean>>
  /** Those that many spans have in common: one object for all of them, which never changes and is encoded once. @default {} */
  commonAttributes?: Readonly<Record<string, string | number | boolean>>
  /** `client` for a call that leaves the process. @default 'internal' */
  kind?: 'internal' | 'client'
}

/** The request on whose behalf a resource is used. */
export interface RequestScope extends CallScope {
  readonly requestId: string
  /** Aborted at the request's deadline, or when the client is gone. */
  readonly signal: AbortSignal
  /** Milliseconds until the request's deadline. */
  readonly remainingTime: number
  /** W3C `traceparent` to send on. */
  readonly traceparent: string
  /** W3C `tracestate` to send on beside it, as it came; undefined where none did. */
  readonly tracestate: string | undefined
  /** Runs `work` inside a child of the current span, which costs nothing when the request is not sampled. */
  readonly span: <Result>(name: string, work: () => Result, options?: SpanOptions) => Result
}

export interface OpenResource<Handle> {
  /** What handlers get under the resource's name. */
  handle: Handle
  /** A view of the handle for one request, where deadline and trace matter to it. Called once a request, when its handler first uses the resource. */
  forRequest?(scope: RequestScope): Handle
  /** Resolves when the resource can be used; rejects with the reason when it can't. Called every second, and twice as often after a failure; `/readyz` tells up or down, the log tells what it said. */
  check(signal: AbortSignal): Promise<void>
  /** Called once, after the last request. What takes longer than 5 s is not waited for. */
  close(): Promise<void>
}

/** One step of a schema, and how far it is. */
export interface MigrationStatus {
  name: string
  /** `running` also when it broke off half-way; `changed` after it had been applied; `unknown` to this version of the code. */
  state: 'applied' | 'pending' | 'running' | 'changed' | 'unknown'
  /** ISO 8601, of the state; undefined for one that is pending. */
  at: string | undefined
}

/** The schema of what a resource stores; what `slipway migrate` needs, without opening the resource. */
export interface ResourceSchema<Config> {
  /** Every step that the code or the store knows. */
  statuses(context: SchemaContext<Config>): Promise<readonly MigrationStatus[]>
  /** Applies what is pending, under a lock. Resolves to the names of what it applied. */
  migrate(context: SchemaContext<Config>): Promise<readonly string[]>
  /** Settles a step that broke off half-way, by what somebody found out: all of it is there, or nothing. Rejects for any other step. */
  settle(context: SchemaContext<Config>, name: string, as: 'applied' | 'forgotten'): Promise<void>
}

export type SchemaContext<Config> = Omit<ResourceContext<Config>, 'meter' | 'deployment' | 'version'>

/** Something a service opens at start, checks for readiness and closes at the end. Pure data until {@link Resource.open} is called. */
export interface Resource<Handle, Config extends Record<string, z.ZodType> = Record<string, z.ZodType>> {
  kind: string
  /** The config keys that the resource brings. */
  config: Config
  /** What it talks to, as far as its config tells; where a secret comes from a file that is elsewhere, it is undefined here. */
  network(config: Readonly<{ [Key in keyof Config]: z.output<Config[Key]> }>): readonly NetworkNeed[]
  /** Tried again with backoff until it resolves, while the service is live and not ready. */
  open(context: ResourceContext<{ [Key in keyof Config]: z.output<Config[Key]> }>): Promise<OpenResource<Handle>>
  /** What its store's schema is brought up to date with; absent where there is none. */
  schema?: ResourceSchema<{ [Key in keyof Config]: z.output<Config[Key]> }>
}
