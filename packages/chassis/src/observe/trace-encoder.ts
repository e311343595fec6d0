import { ProtobufWriter } from './protobuf-writer.ts'
import { type EndedSpan, SPAN_KINDS, type SpanAttributes, type SpanEvent } from './span.ts'

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
  /** The common attributes of spans, encoded. */
  readonly #encoded = new WeakMap<SpanAttributes, Uint8Array>()
  #resourceStart = 0
  #scopeStart = 0
  /** From the clock of `performance.now` to the wall's, in milliseconds: taken anew for each request, for the two drift apart. */
  #clockOffset = 0
  /** Spans in the request so far. */
  count = 0

  constructor(resource: SpanAttributes) {
    this.#resource = resource
  }

  add(span: EndedSpan): void {
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
    writeAttributes(writer, 1, this.#resource)
    writer.end(resource)
    this.#scopeStart = writer.begin(2)
    const scope = writer.begin(1)
    writer.textField(1, 'slipway')
    writer.end(scope)
  }

  #writeSpan(span: EndedSpan): void {
    const writer = this.#writer
    const { ids, parentSpanId } = span
    writer.bytesField(1, ids.bytes, ids.start, 16)
    writer.bytesField(2, ids.bytes, ids.start + 16, 8)
    if (span.traceState !== undefined) writer.textField(3, span.traceState)
    if (parentSpanId !== undefined) writer.bytesField(4, Buffer.from(parentSpanId, 'hex'), 0, 8)
    writer.textField(5, span.name)
    writer.integer(6, SPAN_KINDS[span.kind])
    writer.microsecondsAsNanoseconds(7, this.#unixMicroseconds(span.startedAt))
    writer.microsecondsAsNanoseconds(8, this.#unixMicroseconds(span.endedAt))
    writer.copy(this.#encodedOnce(span.commonAttributes))
    writeAttributes(writer, 9, span.attributes)
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
    this.#writer.textField(2, name)
    writeAttributes(this.#writer, 3, attributes)
    this.#writer.end(start)
  }

  #encodedOnce(attributes: SpanAttributes): Uint8Array {
    let encoded = this.#encoded.get(attributes)
    if (!encoded) {
      const writer = new ProtobufWriter()
      writeAttributes(writer, 9, attributes)
      encoded = writer.take()
      this.#encoded.set(attributes, encoded)
    }
    return encoded
  }

  /** From the clock of `performance.now`. */
  #unixMicroseconds(at: number): number {
    return Math.round((this.#clockOffset + at) * 1000)
  }
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: SpanAttributes): void {
  for (const key in attributes) {
    const pair = writer.begin(field)
    writer.textField(1, key)
    const value = writer.begin(2)
    writeValue(writer, attributes[key] as string | number | boolean)
    writer.end(value)
    writer.end(pair)
  }
}

function writeValue(writer: ProtobufWriter, value: string | number | boolean): void {
  if (typeof value === 'string') writer.textField(1, value)
  else if (typeof value === 'boolean') writer.integer(2, value ? 1 : 0)
  else if (Number.isSafeInteger(value) && value >= 0) writer.integer(3, value)
  else writer.double(4, value)
}
