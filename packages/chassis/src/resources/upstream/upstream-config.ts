import { z } from 'zod'
import { baseUrlFault } from './base-url.ts'
import { RANGES, type UpstreamDefaults } from './upstream-options.ts'

const within = ({ least, most }: { least: number; most: number }) => z.number().min(least).max(most)
const wholeWithin = ({ least, most }: { least: number; most: number }) => z.int().min(least).max(most)

/** The config keys that an upstream brings, without the prefix that its name gives them. */
function settingsShape({ name, ...defaults }: UpstreamDefaults) {
  return {
    URL: z
      .url({ protocol: /^https?$/ })
      .check(({ value, issues }) => {
        const message = baseUrlFault(value)
        if (message !== undefined) issues.push({ code: 'custom', input: value, message })
      })
      .default(defaults.url)
      .describe(`Where ${name} is: http:// or https://, without credentials, query or fragment.`),
    TIMEOUT: within(RANGES.timeout).default(defaults.timeout).describe(`Seconds that one try to reach ${name} may take.`),
    TOTAL_TIMEOUT: within(RANGES.totalTimeout)
      .default(defaults.totalTimeout)
      .describe(
        `Seconds that a call of ${name} may take with all its tries; never more than is left, less 0.1, of the request, or of the load of a cache (CACHE_LOAD_TIMEOUT).`,
      ),
    ATTEMPTS: wholeWithin(RANGES.attempts)
      .default(defaults.attempts)
      .describe('The most tries of a call that may be repeated. All together, retries add a fifth to the calls at most.'),
    CONCURRENCY: wholeWithin(RANGES.concurrency)
      .default(defaults.concurrency)
      .describe(`The most calls of ${name} that are under way at a time; what comes beyond is answered with 503.`),
    MAX_RESPONSE_BYTES: wholeWithin(RANGES.maxResponseBytes)
      .default(defaults.maxResponseBytes)
      .describe('The largest reply; a larger one is not read to its end and is answered with 502.'),
    MAX_RETRY_AFTER: within(RANGES.maxRetryAfter)
      .default(defaults.maxRetryAfter)
      .describe(`The most seconds for which ${name} is not called after it asked for that with Retry-After, and which clients are told.`),
    BREAKER: z.boolean().default(true).describe(`Whether calls of ${name} fail at once while half of them fail (circuit breaker).`),
  }
}

/** The values of those keys, by their names without the prefix. */
export type UpstreamSettings = z.output<z.ZodObject<ReturnType<typeof settingsShape>>>

/** The config keys of one upstream, and how their values are read. */
export function upstreamConfig(defaults: UpstreamDefaults) {
  const prefix = `${defaults.name.toUpperCase().replaceAll('-', '_')}_`
  const shape = settingsShape(defaults)
  const schema = z.object(shape)
  const keys: Readonly<Record<string, z.ZodType>> = Object.fromEntries(Object.entries(shape).map(([key, type]) => [prefix + key, type]))
  return {
    keys,
    read: (config: Readonly<Record<string, unknown>>): UpstreamSettings =>
      schema.parse(Object.fromEntries(Object.keys(shape).map((key) => [key, config[prefix + key]]))),
  }
}
