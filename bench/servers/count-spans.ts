// Field numbers of opentelemetry/proto/collector/trace/v1/trace_service.proto and trace/v1/trace.proto.
const RESOURCE_SPANS = 1
const SCOPE_SPANS = 2
const SPANS = 2
const SPAN_KIND = 6
const KIND_SERVER = 2

/** Counts the spans in an ExportTraceServiceRequest, without decoding more of it than it must. */
export function countSpans(message: Uint8Array): { spans: number; serverSpans: number } {
  const counts = { spans: 0, serverSpans: 0 }
  for (const resource of fields(message)) {
    if (resource.number !== RESOURCE_SPANS) continue
    for (const scope of fields(resource.bytes)) {
      if (scope.number !== SCOPE_SPANS) continue
      for (const span of fields(scope.bytes)) {
        if (span.number !== SPANS) continue
        counts.spans++
        for (const field of fields(span.bytes)) if (field.number === SPAN_KIND && field.value === KIND_SERVER) counts.serverSpans++
      }
    }
  }
  return counts
}

interface Field {
  number: number
  /** Of a varint. */
  value: number
  /** Of everything else. */
  bytes: Uint8Array
}

const NONE = new Uint8Array()

/** The fields of a protobuf message, one level deep (protobuf.dev, encoding). */
function* fields(message: Uint8Array): Generator<Field> {
  let at = 0
  const varint = () => {
    let value = 0
    let factor = 1
    let byte: number
    do {
      if (at >= message.length) throw new Error('A trace export ends in the middle of a field; it is not protobuf, or was cut off.')
      byte = message[at++] as number
      value += (byte & 0x7f) * factor
      factor *= 128
    } while (byte >= 0x80)
    return value
  }
  while (at < message.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    const wireType = tag & 7
    if (wireType === 0) {
      yield { number, value: varint(), bytes: NONE }
    } else {
      const length = wireType === 1 ? 8 : wireType === 5 ? 4 : varint()
      yield { number, value: 0, bytes: message.subarray(at, at + length) }
      at += length
    }
  }
}
