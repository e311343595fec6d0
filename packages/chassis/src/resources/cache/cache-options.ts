import type { z } from 'zod'
import { DefinitionError } from '../../definition/check-definition.ts'
import { isSchema } from '../../definition/untrusted.ts'

export interface CacheOptions<Value> {
  /** What is cached, as JSON gives it back: what comes from Redis and does not fit is a miss. */
  value: z.ZodType<Value>
  /** Seconds for which a value is served without asking. Up to a tenth less, at random, so that what was loaded together is not due together. @default 60 */
  fresh?: number
  /** Seconds after that, for which it is served at once while one load renews it. @default 60 */
  staleWhileRevalidate?: number
  /** Seconds after `fresh`, for which it is served where a load fails. @default 300 */
  staleIfError?: number
  /** Bytes of a value as JSON; a larger one is returned and not kept. @default 1_048_576 */
  maxValueBytes?: number
  /** Seconds that an answer may take which the cache has not got, the default of `CACHE_LOAD_TIMEOUT`; keep it below the requests' deadline. @default 5 */
  loadTimeout?: number
}

export type CachePolicy<Value> = Readonly<Required<CacheOptions<Value>>>

const DAY_SECONDS = 86_400

/** Options with their defaults. @throws {DefinitionError} with a sentence for each that is wrong */
export function cachePolicy<Value>(options: CacheOptions<Value>): CachePolicy<Value> {
  const policy = { fresh: 60, staleWhileRevalidate: 60, staleIfError: 300, maxValueBytes: 1_048_576, loadTimeout: 5, ...options }
  const faults = [...policyFaults(policy)]
  if (faults.length > 0) throw new DefinitionError(`The cache is not well defined:\n  ${faults.join('\n  ')}`)
  return Object.freeze(policy)
}

function* policyFaults({ value, fresh, staleWhileRevalidate, staleIfError, maxValueBytes, loadTimeout }: CachePolicy<unknown>) {
  if (!isSchema(value)) yield 'Its value must be a zod schema, for example z.object({ name: z.string() }).'
  yield* rangeFaults('fresh', fresh, 0.001, 365 * DAY_SECONDS, 'seconds')
  yield* rangeFaults('staleWhileRevalidate', staleWhileRevalidate, 0, 365 * DAY_SECONDS, 'seconds')
  yield* rangeFaults('staleIfError', staleIfError, 0, 365 * DAY_SECONDS, 'seconds')
  yield* rangeFaults('maxValueBytes', maxValueBytes, 1, 2 ** 29, 'bytes')
  yield* rangeFaults('loadTimeout', loadTimeout, 0.001, 3600, 'seconds')
}

function* rangeFaults(name: string, value: unknown, least: number, most: number, unit: string) {
  if (typeof value !== 'number' || !(value >= least && value <= most))
    yield `Its ${name} must be a number of ${unit} from ${least} to ${most}; it is ${JSON.stringify(value)}.`
}
