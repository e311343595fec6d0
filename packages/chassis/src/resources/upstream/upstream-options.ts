import { DefinitionError } from '../../definition/check-definition.ts'
import { matches } from '../../definition/untrusted.ts'
import { type Range, rangeFaults } from '../range-faults.ts'
import { baseUrlFault } from './base-url.ts'

export interface UpstreamOptions {
  /** Names its config keys: those of `shoutcloud` are `SHOUTCLOUD_URL`, `SHOUTCLOUD_TIMEOUT` and so on. */
  name: string
  /** Where it is in production; the default of its `…_URL`. */
  url: string
  /** Seconds of one try. @default 1 */
  timeout?: number
  /** Seconds of a call with all its tries. @default 3 */
  totalTimeout?: number
  /** Tries of a call that may be repeated. @default 3 */
  attempts?: number
  /** Calls that are under way at a time. @default 100 */
  concurrency?: number
  /** Bytes of a reply. @default 1_048_576 */
  maxResponseBytes?: number
  /** Seconds for which the upstream is left alone at most, where it asks for that with `Retry-After`. @default 30 */
  maxRetryAfter?: number
}

export type UpstreamDefaults = Readonly<Required<UpstreamOptions>>

const DEFAULTS = { timeout: 1, totalTimeout: 3, attempts: 3, concurrency: 100, maxResponseBytes: 1_048_576, maxRetryAfter: 30 }

/** What the values may be, in the definition and in the environment. */
export const RANGES = {
  timeout: { least: 0.001, most: 3600, unit: 'seconds' },
  totalTimeout: { least: 0.001, most: 3600, unit: 'seconds' },
  attempts: { least: 1, most: 10, unit: 'tries', isWhole: true },
  concurrency: { least: 1, most: 100_000, unit: 'calls', isWhole: true },
  maxResponseBytes: { least: 1, most: 1_073_741_824, unit: 'bytes', isWhole: true },
  maxRetryAfter: { least: 0, most: 3600, unit: 'seconds' },
} as const satisfies Record<keyof typeof DEFAULTS, Range>

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** Options with their defaults. @throws {DefinitionError} with a sentence for each that is wrong */
export function upstreamDefaults(options: UpstreamOptions): UpstreamDefaults {
  const defaults = { ...DEFAULTS, ...options }
  const faults = [...optionFaults(defaults)]
  if (faults.length > 0) throw new DefinitionError(`The upstream ${defaults.name} is not well defined:\n  ${faults.join('\n  ')}`)
  return Object.freeze(defaults)
}

function* optionFaults(defaults: UpstreamDefaults): Iterable<string> {
  if (!matches(NAME, defaults.name)) yield 'Its name must be lower-case letters, digits and hyphens, starting with a letter, as in shout-cloud.'
  const urlFault = baseUrlFault(defaults.url)
  if (urlFault !== undefined) yield `Its url is not valid: ${urlFault}.`
  for (const name of ['timeout', 'totalTimeout', 'attempts', 'concurrency', 'maxResponseBytes', 'maxRetryAfter'] as const) {
    yield* rangeFaults(name, defaults[name], RANGES[name])
  }
}
