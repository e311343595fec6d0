import { ByteWriter } from './byte-writer.ts'
import type { LineWriter } from './line-writer.ts'

/** Log lines as bytes, handed on in blocks. What is a line at each request is put together right here, and never is a text. */
export class LineBlock extends ByteWriter implements LineWriter {
  readonly #size: number
  readonly #hand: (lines: Buffer) => void

  /** @param hand Gets the lines as soon as there are `size` bytes of them; it must be done with them when it returns. */
  constructor(size: number, hand: (lines: Buffer) => void) {
    super(size + 4096)
    this.#size = size
    this.#hand = hand
  }

  write(line: string): void {
    this.text(line)
    this.endLine()
  }

  endLine(): void {
    if (this.position >= this.#size) this.flush()
  }

  flush(): void {
    if (this.position === 0) return
    const lines = this.bytes.subarray(0, this.position)
    this.position = 0
    this.#hand(lines)
  }
}

/** For a writer that takes each line as a text. */
export function toLineBlock(writer: LineWriter): LineBlock {
  return writer instanceof LineBlock ? writer : new LineBlock(0, (line) => writer.write(line.toString()))
}
