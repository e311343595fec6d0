const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5
/** Enough for the length of any message below 256 MiB. */
const LENGTH_ROOM = 4

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

  /** A nested message: its length is known, and put before it, once `write` has written it. */
  message(field: number, write: () => void): void {
    this.#tag(field, LENGTH_DELIMITED)
    this.#reserve(LENGTH_ROOM)
    const start = this.#position
    this.#position += LENGTH_ROOM
    write()
    const end = this.#position
    this.#position = start
    this.#varint(end - start - LENGTH_ROOM)
    this.#bytes.copyWithin(this.#position, start + LENGTH_ROOM, end)
    this.#position += end - start - LENGTH_ROOM
  }

  text(field: number, text: string): void {
    const length = Buffer.byteLength(text)
    this.#tag(field, LENGTH_DELIMITED)
    this.#varint(length)
    this.#reserve(length)
    this.#position += this.#bytes.write(text, this.#position, length, 'utf8')
  }

  /** Bytes that are given in hexadecimal. */
  hex(field: number, digits: string): void {
    const length = digits.length / 2
    this.#tag(field, LENGTH_DELIMITED)
    this.#varint(length)
    this.#reserve(length)
    this.#position += this.#bytes.write(digits, this.#position, length, 'hex')
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
