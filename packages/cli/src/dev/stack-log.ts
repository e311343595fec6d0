import { createFileWriter, createPrettyWriter, type LineWriter } from '@slipway/chassis'
import type { Paint, Style } from '../paint.ts'

/** The merged log of a stack, on standard output. Lines are held back until it is opened, so that what answers where stands first. */
export interface StackLog {
  /** Where a deployment logs to. */
  writerFor(deployment: string): LineWriter
  /** Writes a text, then the lines that were held back. */
  open(text: string): void
  /** From now on leaves out what is only information: how each deployment drains is no news at every restart. */
  quieten(): void
}

export interface StackLogOptions {
  /** The names of the deployments. */
  names: readonly string[]
  /** Whether lines stay the JSON that they are. */
  isJson: boolean
  paint: Paint
  colours: boolean
}

/** A deployment's colour, by its place in the stack. */
const COLOURS: readonly Style[] = ['cyan', 'magenta', 'blue', 'yellow', 'green']

export function createStackLog({ names, isJson, paint, colours }: StackLogOptions): StackLog {
  const output = createFileWriter(1)
  const width = Math.max(...names.map((name) => name.length))
  let isQuiet = false
  let held: (() => void)[] | undefined = []

  const release = () => {
    const writes = held ?? []
    held = undefined
    for (const write of writes) write()
    output.flush()
  }
  // A start that fails tells why in the lines that it had so far.
  process.once('exit', release)

  return {
    writerFor(deployment) {
      const colour = COLOURS[names.indexOf(deployment) % COLOURS.length] ?? 'cyan'
      const prefix = `${paint(colour, `${deployment.padEnd(width)} |`)} `
      const writer = isJson ? output : createPrettyWriter(output, { colours, prefix })
      const write = (line: string) => {
        if (!isQuiet || !line.includes('"level":"info"')) writer.write(line)
      }
      return {
        write(line) {
          if (held) held.push(() => write(line))
          else write(line)
        },
        flush: () => writer.flush(),
      }
    },
    open(text) {
      output.write(text)
      release()
    },
    quieten() {
      isQuiet = true
    },
  }
}
