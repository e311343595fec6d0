import { ProtobufWriter } from './protobuf-writer.ts'
import { SPAN_KINDS, type SpanAttributes, type SpanEvent, type SpanRecord } from './span.ts'

/** The sampled flag of W3C Trace Context. */
const FLAG_SAMPLED = 1
const STATUS_ERROR = 2

/**
 * Makes ExportTraceServiceRequests (OpenTelemetry protocol, trace/v1, whose field numbers these are).
 * A span is written when it ends, not when its batch is sent: waiting spans are then bytes, which the garbage collector need not look at.
 */
export class TraceEncoder {
  readonly #writer = new ProtobufWriter()
  readonly #resource: SpanAttributes
  #resourceStart = 0
  #scopeStart = 0
  /** From the clock of `performance.now` to the wall's, in milliseconds: taken anew for each request, for the two drift apart. */
  #clockOffset = 0
  /** Spans in the request so far. */
  count = 0

  constructor(resource: SpanAttributes) {
    this.#resource = resource
  }

  add(span: SpanRecord): void {
    if (this.count === 0) this.#open()
    const start = this.#writer.begin(2)
    this.#writeSpan(span)
    this.#writer.end(start)
    this.count++
  }

  /** The request with all spans since the last one. */
  take(): Uint8Array<ArrayBuffer> {
    if (this.count === 0) this.#open()
    this.#writer.end(this.#scopeStart)
    this.#writer.end(this.#resourceStart)
    this.count = 0
    return this.#writer.take()
  }

  #open(): void {
    const writer = this.#writer
    this.#clockOffset = Date.now() - performance.now()
    this.#resourceStart = writer.begin(1)
    const resource = writer.begin(1)
    this.#writeAttributes(1, this.#resource)
    writer.end(resource)
    this.#scopeStart = writer.begin(2)
    const scope = writer.begin(1)
    writer.text(1, 'slipway')
    writer.end(scope)
  }

  #writeSpan(span: SpanRecord): void {
    const writer = this.#writer
    writer.hex(1, span.traceId)
    writer.hex(2, span.spanId)
    if (span.traceState !== undefined) writer.text(3, span.traceState)
    if (span.parentSpanId !== undefined) writer.hex(4, span.parentSpanId)
    writer.text(5, span.name)
    writer.integer(6, SPAN_KINDS[span.kind])
    writer.microsecondsAsNanoseconds(7, this.#unixMicroseconds(span.startedAt))
    writer.microsecondsAsNanoseconds(8, this.#unixMicroseconds(span.endedAt))
    this.#writeAttributes(9, span.attributes)
    for (const event of span.events) this.#writeEvent(event)
    if (span.isError) {
      const status = writer.begin(15)
      writer.integer(3, STATUS_ERROR)
      writer.end(status)
    }
    writer.fixed32(16, FLAG_SAMPLED)
  }

  #writeEvent({ name, at, attributes }: SpanEvent): void {
    const start = this.#writer.begin(11)
    this.#writer.microsecondsAsNanoseconds(1, this.#unixMicroseconds(at))
    this.#writer.text(2, name)
    this.#writeAttributes(3, attributes)
    this.#writer.end(start)
  }

  #writeAttributes(field: number, attributes: SpanAttributes): void {
    for (const key in attributes) {
      const pair = this.#writer.begin(field)
      this.#writer.text(1, key)
      const value = this.#writer.begin(2)
      this.#writeValue(attributes[key] as string | number | boolean)
      this.#writer.end(value)
      this.#writer.end(pair)
    }
  }

  #writeValue(value: string | number | boolean): void {
    if (typeof value === 'string') this.#writer.text(1, value)
    else if (typeof value === 'boolean') this.#writer.integer(2, value ? 1 : 0)
    else if (Number.isSafeInteger(value) && value >= 0) this.#writer.integer(3, value)
    else this.#writer.double(4, value)
  }

  /** From the clock of `performance.now`. */
  #unixMicroseconds(at: number): number {
    return Math.round((this.#clockOffset + at) * 1000)
  }
}
