import { isatty } from 'node:tty'
import { pino } from 'pino'
import type { LineWriter } from './line-writer.ts'
import { createPrettyWriter } from './pretty-line.ts'

/**
 * Writes to a file descriptor in blocks of 8 KiB, or what there is every 100 ms: a system call a line would cost more than
 * all else that is observed. What is not yet written is written at exit; a SIGKILL loses at most 100 ms of lines.
 */
export function createFileWriter(fileDescriptor: number): LineWriter {
  const destination = pino.destination({ dest: fileDescriptor, sync: true, minLength: 8192, periodicFlush: 100 })
  // A reader that went away (EPIPE) must not end the service.
  destination.on('error', () => {})
  return {
    write: (line) => void destination.write(line),
    flush: () => {
      try {
        destination.flushSync()
      } catch {
        // Nothing is left to tell it to: the log itself is what can't be written.
      }
    },
  }
}

/** Standard output: readable on a terminal, or where LOG_FORMAT says `pretty`; JSON lines elsewhere. */
export function createStandardOutput(format: string | undefined): LineWriter {
  const writer = createFileWriter(1)
  const isTerminal = isatty(1)
  const isPretty = format === 'pretty' || (format !== 'json' && isTerminal)
  return isPretty ? createPrettyWriter(writer, { colours: isTerminal && !process.env.NO_COLOR }) : writer
}
