import type { z } from 'zod'
import { DefinitionError } from '../../definition/check-definition.ts'
import { isSchema } from '../../definition/untrusted.ts'
import { rangeFaults } from '../range-faults.ts'

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

const YEAR_SECONDS = 365 * 86_400

/** Options with their defaults. @throws {DefinitionError} with a sentence for each that is wrong */
export function cachePolicy<Value>(options: CacheOptions<Value>): CachePolicy<Value> {
  const policy = { fresh: 60, staleWhileRevalidate: 60, staleIfError: 300, maxValueBytes: 1_048_576, loadTimeout: 5, ...options }
  const faults = [...policyFaults(policy)]
  if (faults.length > 0) throw new DefinitionError(`The cache is not well defined:\n  ${faults.join('\n  ')}`)
  return Object.freeze(policy)
}

function* policyFaults({ value, fresh, staleWhileRevalidate, staleIfError, maxValueBytes, loadTimeout }: CachePolicy<unknown>) {
  if (!isSchema(value)) yield 'Its value must be a zod schema, for example z.object({ name: z.string() }).'
  yield* rangeFaults('fresh', fresh, { least: 0.001, most: YEAR_SECONDS, unit: 'seconds' })
  yield* rangeFaults('staleWhileRevalidate', staleWhileRevalidate, { least: 0, most: YEAR_SECONDS, unit: 'seconds' })
  yield* rangeFaults('staleIfError', staleIfError, { least: 0, most: YEAR_SECONDS, unit: 'seconds' })
  yield* rangeFaults('maxValueBytes', maxValueBytes, { least: 1, most: 2 ** 29, unit: 'bytes', isWhole: true })
  yield* rangeFaults('loadTimeout', loadTimeout, { least: 0.001, most: 3600, unit: 'seconds' })
}
