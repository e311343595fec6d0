import { ByteWriter } from './byte-writer.ts'

const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5
/** Up to here a length takes one byte. */
const SHORT_LENGTH = 0x7f

/** Writes the wire format of Protocol Buffers, as far as OTLP's traces need it. */
export class ProtobufWriter extends ByteWriter {
  constructor() {
    super(16_384)
  }

  /** What was written, as a copy; the writer starts anew. */
  take(): Uint8Array<ArrayBuffer> {
    const content = new Uint8Array(this.bytes.subarray(0, this.position))
    this.position = 0
    return content
  }

  /** Where a nested message starts, to be handed to {@link end} when it has been written. */
  begin(field: number): number {
    this.#tag(field, LENGTH_DELIMITED)
    this.reserve(1)
    return ++this.position
  }

  /** Ends the nested message that starts there: its length is known now, and put before it. Only a long one has to make room for that. */
  end(start: number): void {
    const length = this.position - start
    if (length <= SHORT_LENGTH) {
      this.bytes[start - 1] = length
      return
    }
    const room = varintSize(length) - 1
    this.reserve(room)
    this.bytes.copyWithin(start + room, start, start + length)
    this.position = start - 1
    this.#varint(length)
    this.position += length
  }

  textField(field: number, text: string): void {
    const start = this.begin(field)
    this.text(text)
    this.end(start)
  }

  /** `count` bytes of the source. */
  bytesField(field: number, source: Uint8Array, from: number, count: number): void {
    this.#tag(field, LENGTH_DELIMITED)
    this.#varint(count)
    this.reserve(count)
    for (let index = from; index < from + count; index++) this.bytes[this.position++] = source[index] as number
  }

  /** A number from 0 to 2⁵³ - 1. */
  integer(field: number, value: number): void {
    this.#tag(field, VARINT)
    this.#varint(value)
  }

  double(field: number, value: number): void {
    this.#tag(field, FIXED64)
    this.reserve(8)
    this.position = this.bytes.writeDoubleLE(value, this.position)
  }

  /** A time, from microseconds to the protocol's nanoseconds, which do not fit into a double: put together from halves, for a BigInt costs more. */
  microsecondsAsNanoseconds(field: number, microseconds: number): void {
    const upper = Math.floor(microseconds / 2 ** 20) * 1000
    const lower = (upper % 2 ** 12) * 2 ** 20 + (microseconds % 2 ** 20) * 1000
    const carry = lower >= 2 ** 32 ? 1 : 0
    this.#tag(field, FIXED64)
    this.reserve(8)
    this.position = this.bytes.writeUInt32LE(lower - carry * 2 ** 32, this.position)
    this.position = this.bytes.writeUInt32LE(Math.floor(upper / 2 ** 12) + carry, this.position)
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, FIXED32)
    this.reserve(4)
    this.position = this.bytes.writeUInt32LE(value, this.position)
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType)
  }

  #varint(value: number): void {
    this.reserve(10)
    let rest = value
    while (rest > 0x7f) {
      this.bytes[this.position++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.bytes[this.position++] = rest
  }
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size++
  return size
}
