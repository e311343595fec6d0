import { ProtobufWriter } from './protobuf-writer.ts'
import { SPAN_KINDS, type SpanAttributes, type SpanEvent, type SpanRecord } from './span.ts'

/** The sampled flag of W3C Trace Context. */
const FLAG_SAMPLED = 1
const STATUS_ERROR = 2

const writer = new ProtobufWriter()

/** An ExportTraceServiceRequest (OpenTelemetry protocol, trace/v1, whose field numbers these are). */
export function encodeTraces(resource: SpanAttributes, spans: readonly SpanRecord[]): Uint8Array<ArrayBuffer> {
  writer.message(1, () => {
    writer.message(1, () => writeAttributes(1, resource))
    writer.message(2, () => {
      writer.message(1, () => writer.text(1, 'slipway'))
      for (const span of spans) writer.message(2, () => writeSpan(span))
    })
  })
  return writer.take()
}

function writeSpan(span: SpanRecord): void {
  writer.hex(1, span.traceId)
  writer.hex(2, span.spanId)
  if (span.parentSpanId !== undefined) writer.hex(4, span.parentSpanId)
  writer.text(5, span.name)
  writer.integer(6, SPAN_KINDS[span.kind])
  writer.fixed64(7, unixNanoseconds(span.startedAt))
  writer.fixed64(8, unixNanoseconds(span.endedAt))
  writeAttributes(9, span.attributes)
  for (const event of span.events) writer.message(11, () => writeEvent(event))
  if (span.isError) writer.message(15, () => writer.integer(3, STATUS_ERROR))
  writer.fixed32(16, FLAG_SAMPLED)
}

function writeEvent({ name, at, attributes }: SpanEvent): void {
  writer.fixed64(1, unixNanoseconds(at))
  writer.text(2, name)
  writeAttributes(3, attributes)
}

function writeAttributes(field: number, attributes: SpanAttributes): void {
  for (const key in attributes) {
    writer.message(field, () => {
      writer.text(1, key)
      writer.message(2, () => writeValue(attributes[key] as string | number | boolean))
    })
  }
}

function writeValue(value: string | number | boolean): void {
  if (typeof value === 'string') writer.text(1, value)
  else if (typeof value === 'boolean') writer.integer(2, value ? 1 : 0)
  else if (Number.isSafeInteger(value) && value >= 0) writer.integer(3, value)
  else writer.double(4, value)
}

/** From the clock of `performance.now`, to the microsecond. */
function unixNanoseconds(at: number): bigint {
  return BigInt(Math.round((performance.timeOrigin + at) * 1000)) * 1000n
}
