const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5
/** Enough for the length of any message below 256 MiB. */
const LENGTH_ROOM = 4
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
    this.#reserve(LENGTH_ROOM)
    this.#position += LENGTH_ROOM
    return this.#position
  }

  /** Ends the nested message that starts there: its length is known now, and put before it. */
  end(start: number): void {
    const end = this.#position
    this.#position = start - LENGTH_ROOM
    this.#varint(end - start)
    this.#bytes.copyWithin(this.#position, start, end)
    this.#position += end - start
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
      this.#bytes[this.#position++] = valueOf(digits.charCodeAt(index)) * 16 + valueOf(digits.charCodeAt(index + 1))
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

  fixed64(field: number, value: bigint): void {
    this.#tag(field, FIXED64)
    this.#reserve(8)
    this.#position = this.#bytes.writeBigUInt64LE(value, this.#position)
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

function valueOf(digit: number): number {
  return digit < 58 ? digit - 48 : digit - 87
}
