import { parseArgs } from 'node:util'
import { usageError } from './bench-error.ts'

export interface BenchOptions {
  /** Seconds of load on each contender before it is measured: of a server with much code, requests go on becoming cheaper for about eight, while it is compiled. */
  warmUp: number
  /** Seconds that each contender is measured in a round. */
  seconds: number
  rounds: number
  connections: number
  /** Words, one of which a contender has in its name; all contenders where there is none. */
  only: string[]
  /** Words, one of which a contender's operation has in its name; likewise its database. */
  operation: string[]
  database: string[]
  /** Whether the result is printed as JSON. */
  json: boolean
}

export interface Invocation {
  /** The part's name; undefined when none was given. */
  part: string | undefined
  wantsHelp: boolean
  options: BenchOptions
}

/** @throws {BenchError} for what is written wrong. */
export function parseOptions(args: readonly string[]): Invocation {
  const { values, positionals } = parse(args)
  if (positionals.length > 1) throw usageError(`One part at a time; ${positionals.join(' and ')} are ${positionals.length}.`)
  return {
    part: positionals[0],
    wantsHelp: values.help ?? false,
    options: {
      warmUp: wholeNumber('warm-up', values['warm-up'], 10, 0, 60),
      seconds: wholeNumber('seconds', values.seconds, 5, 1, 600),
      rounds: wholeNumber('rounds', values.rounds, 3, 1, 100),
      connections: wholeNumber('connections', values.connections, 32, 1, 10_000),
      only: words(values.only),
      operation: words(values.operation),
      database: words(values.database),
      json: values.json ?? false,
    },
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'warm-up': { type: 'string' },
        seconds: { type: 'string' },
        rounds: { type: 'string' },
        connections: { type: 'string' },
        only: { type: 'string' },
        operation: { type: 'string' },
        database: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw usageError(`${(error as Error).message.split('. ')[0]}. See --help for the options.`)
  }
}

function words(list = ''): string[] {
  return list.split(',').filter((word) => word !== '')
}

function wholeNumber(name: string, text: string | undefined, fallback: number, min: number, max: number): number {
  if (text === undefined) return fallback
  const number = Number(text)
  if (Number.isInteger(number) && number >= min && number <= max) return number
  throw usageError(`--${name} must be a whole number from ${min} to ${max}; it is ${JSON.stringify(text)}.`)
}
