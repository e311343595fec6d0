import type { SpanIds } from './span-ids.ts'

/** What a span says of the work that it stands for: OpenTelemetry attributes. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** The numbers of OTLP's enum. */
export const SPAN_KINDS = { internal: 1, server: 2, client: 3 } as const
export type SpanKind = keyof typeof SPAN_KINDS

export interface SpanEvent {
  name: string
  /** On the clock of `performance.now`. */
  at: number
  attributes: SpanAttributes
}

/** A span that has ended. */
export interface EndedSpan {
  ids: SpanIds
  parentSpanId: string | undefined
  /** W3C `tracestate`, as it came. */
  traceState: string | undefined
  name: string
  kind: SpanKind
  /** On the clock of `performance.now`, like `endedAt`. */
  startedAt: number
  endedAt: number
  /** What all spans of a route and status have in common: one object for all of them, which is encoded once. */
  commonAttributes: SpanAttributes
  attributes: SpanAttributes
  isError: boolean
  events: readonly SpanEvent[]
}

/** Where ended spans go. */
export interface SpanSink {
  add(span: EndedSpan): void
  /** Spans that a collector took, and spans that never reached one. */
  counts(): { exported: number; dropped: number }
  /** Sends what is left, for at most that long. Never rejects. */
  close(timeoutMilliseconds: number): Promise<void>
}

/** The event that OpenTelemetry's semantic conventions want for an error. */
export function exceptionEvent(error: unknown): SpanEvent {
  const isError = error instanceof Error
  const attributes = { 'exception.type': isError ? error.name : typeof error, 'exception.message': isError ? error.message : String(error) }
  return { name: 'exception', at: performance.now(), attributes }
}
