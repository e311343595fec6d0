import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { LineBlock } from './line-block.ts'
import type { LineWriter } from './line-writer.ts'
import { createPrettyWriter } from './pretty-line.ts'

/** A block is written when it has so many bytes … */
const BLOCK_BYTES = 65_536
/** … or is so old. */
const BLOCK_MILLISECONDS = 100

/**
 * Writes to a file descriptor in blocks: a system call a line would cost more than all else that is observed. What is not yet written
 * is written at exit; a SIGKILL loses at most 100 ms of lines.
 */
export function createFileWriter(fileDescriptor: number): LineWriter {
  const block = new LineBlock(BLOCK_BYTES, (lines) => writeWhole(fileDescriptor, lines))
  setInterval(() => block.flush(), BLOCK_MILLISECONDS).unref()
  process.on('exit', () => block.flush())
  return block
}

const clock = new Int32Array(new SharedArrayBuffer(4))

function writeWhole(fileDescriptor: number, lines: Buffer): void {
  let rest = lines
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
