const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5
/** Up to here a length takes one byte. */
const SHORT_LENGTH = 0x7f
/** Up to here, writing a text's characters one by one is cheaper than a call of the runtime's encoder. */
const SHORT_TEXT = 48

/** Writes the wire format of Protocol Buffers, as far as OTLP's traces need it. */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(16_384)
  #position = 0

  /** What was written, as a copy; the writer starts anew. */
  take(): Uint8Array<ArrayBuffer> {
    const content = new Uint8Array(this.#bytes.subarray(0, this.#position))
    this.#position = 0
    return content
  }

  /** Where a nested message starts, to be handed to {@link end} when it has been written. */
  begin(field: number): number {
    this.#tag(field, LENGTH_DELIMITED)
    this.#reserve(1)
    return ++this.#position
  }

  /** Ends the nested message that starts there: its length is known now, and put before it. Only a long one has to make room for that. */
  end(start: number): void {
    const length = this.#position - start
    if (length <= SHORT_LENGTH) {
      this.#bytes[start - 1] = length
      return
    }
    const room = varintSize(length) - 1
    this.#reserve(room)
    this.#bytes.copyWithin(start + room, start, start + length)
    this.#position = start - 1
    this.#varint(length)
    this.#position += length
  }

  text(field: number, text: string): void {
    this.#tag(field, LENGTH_DELIMITED)
    if (text.length <= SHORT_TEXT && this.#asciiText(text)) return
    const length = Buffer.byteLength(text)
    this.#varint(length)
    this.#reserve(length)
    this.#position += this.#bytes.write(text, this.#position, length, 'utf8')
  }

  /** Bytes that are given in lower-case hexadecimal. */
  hex(field: number, digits: string): void {
    const length = digits.length / 2
    this.#tag(field, LENGTH_DELIMITED)
    this.#varint(length)
    this.#reserve(length)
    for (let index = 0; index < digits.length; index += 2) {
      this.#bytes[this.#position++] = digitValue(digits.charCodeAt(index)) * 16 + digitValue(digits.charCodeAt(index + 1))
    }
  }

  /** A number from 0 to 2⁵³ - 1. */
  integer(field: number, value: number): void {
    this.#tag(field, VARINT)
    this.#varint(value)
  }

  double(field: number, value: number): void {
    this.#tag(field, FIXED64)
    this.#reserve(8)
    this.#position = this.#bytes.writeDoubleLE(value, this.#position)
  }

  /** A time, from microseconds to the protocol's nanoseconds, which do not fit into a double: put together from halves, for a BigInt costs more. */
  microsecondsAsNanoseconds(field: number, microseconds: number): void {
    const upper = Math.floor(microseconds / 2 ** 20) * 1000
    const lower = (upper % 2 ** 12) * 2 ** 20 + (microseconds % 2 ** 20) * 1000
    const carry = lower >= 2 ** 32 ? 1 : 0
    this.#tag(field, FIXED64)
    this.#reserve(8)
    this.#position = this.#bytes.writeUInt32LE(lower - carry * 2 ** 32, this.#position)
    this.#position = this.#bytes.writeUInt32LE(Math.floor(upper / 2 ** 12) + carry, this.#position)
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, FIXED32)
    this.#reserve(4)
    this.#position = this.#bytes.writeUInt32LE(value, this.#position)
  }

  /** False, with nothing written, when a character is not ASCII. */
  #asciiText(text: string): boolean {
    this.#reserve(text.length + 1)
    const bytes = this.#bytes
    const start = this.#position + 1
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code > 0x7f) return false
      bytes[start + index] = code
    }
    bytes[this.#position] = text.length
    this.#position = start + text.length
    return true
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType)
  }

  #varint(value: number): void {
    this.#reserve(10)
    let rest = value
    while (rest > 0x7f) {
      this.#bytes[this.#position++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#position++] = rest
  }

  #reserve(count: number): void {
    if (this.#position + count <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#position + count))
    this.#bytes.copy(larger, 0, 0, this.#position)
    this.#bytes = larger
  }
}

function digitValue(digit: number): number {
  return digit < 58 ? digit - 48 : digit - 87
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size++
  return size
}
