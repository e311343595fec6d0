/** Up to here, copying one by one is cheaper than a call of the runtime. */
const SHORT = 48
const HEX_DIGITS = new TextEncoder().encode('0123456789abcdef')

/** Puts bytes one after the other into a buffer that grows. */
export class ByteWriter {
  protected bytes: Buffer
  protected position = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  copy(piece: Uint8Array): void {
    this.reserve(piece.length)
    const { bytes, position } = this
    if (piece.length > SHORT) bytes.set(piece, position)
    else for (let index = 0; index < piece.length; index++) bytes[position + index] = piece[index] as number
    this.position = position + piece.length
  }

  /** In UTF-8. */
  text(text: string): void {
    if (text.length <= SHORT && this.#ascii(text)) return
    // No character of UTF-16 takes more than three bytes.
    this.reserve(3 * text.length)
    this.position += this.bytes.write(text, this.position)
  }

  /** How many bytes there are. */
  get length(): number {
    return this.position
  }

  /** Puts a text in the place of everything from a position on. */
  replaceFrom(position: number, text: string): void {
    this.position = position
    this.text(text)
  }

  /** `count` bytes as lower-case hexadecimal digits, over what was written there before. */
  hexAt(position: number, source: Uint8Array, start: number, count: number): void {
    const { bytes } = this
    for (let index = 0; index < count; index++) {
      const byte = source[start + index] as number
      bytes[position + 2 * index] = HEX_DIGITS[byte >> 4] as number
      bytes[position + 2 * index + 1] = HEX_DIGITS[byte & 15] as number
    }
  }

  /** A whole number below 2³¹ as `count` decimal digits, over what was written there before. */
  digitsAt(position: number, value: number, count: number): void {
    const { bytes } = this
    let rest = value | 0
    for (let index = count - 1; index >= 0; index--) {
      const tenth = (rest / 10) | 0
      bytes[position + index] = 48 + rest - 10 * tenth
      rest = tenth
    }
  }

  protected reserve(count: number): void {
    if (this.position + count <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.position + count))
    this.bytes.copy(larger, 0, 0, this.position)
    this.bytes = larger
  }

  /** False, with nothing written, when a character is not ASCII. */
  #ascii(text: string): boolean {
    this.reserve(text.length)
    const { bytes, position } = this
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      if (code > 0x7f) return false
      bytes[position + index] = code
    }
    this.position = position + text.length
    return true
  }
}
