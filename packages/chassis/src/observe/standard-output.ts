import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { LineWriter } from './line-writer.ts'
import { createPrettyWriter } from './pretty-line.ts'

/** A block is written when it has so many characters … */
const BLOCK_CHARACTERS = 65_536
/** … or is so old. */
const BLOCK_MILLISECONDS = 100

/**
 * Writes to a file descriptor in blocks: a system call a line, or only counting the bytes of each, would cost more than all else
 * that is observed. What is not yet written is written at exit; a SIGKILL loses at most 100 ms of lines.
 */
export function createFileWriter(fileDescriptor: number): LineWriter {
  let block = ''
  const flush = () => {
    if (block === '') return
    const written = block
    block = ''
    writeWhole(fileDescriptor, written)
  }
  setInterval(flush, BLOCK_MILLISECONDS).unref()
  process.on('exit', flush)
  return {
    write(line) {
      block += line
      if (block.length >= BLOCK_CHARACTERS) flush()
    },
    flush,
  }
}

const buffer = Buffer.allocUnsafe(4 * BLOCK_CHARACTERS)
const clock = new Int32Array(new SharedArrayBuffer(4))

function writeWhole(fileDescriptor: number, text: string): void {
  // No character of UTF-16 takes more than three bytes; only a very long line needs a buffer of its own.
  let rest = 3 * text.length <= buffer.length ? buffer.subarray(0, buffer.write(text)) : Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fileDescriptor, rest))
    } catch (error) {
      // A reader that went away (EPIPE) or a full disk must not end the service, and there is nobody left to tell.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      // The pipe is full: its reader gets a millisecond.
      Atomics.wait(clock, 0, 0, 1)
    }
  }
}

/** Standard output: readable on a terminal, or where LOG_FORMAT says `pretty`; JSON lines elsewhere. */
export function createStandardOutput(format: string | undefined): LineWriter {
  const writer = createFileWriter(1)
  const isTerminal = isatty(1)
  const isPretty = format === 'pretty' || (format !== 'json' && isTerminal)
  return isPretty ? createPrettyWriter(writer, { colours: isTerminal && !process.env.NO_COLOR }) : writer
}
