import { z } from 'zod'

const seconds = () => z.number().positive().max(3600)

/** Plain, for credentials and queries would end up in logs and traces. */
const baseUrl = () =>
  z.url({ protocol: /^https?$/ }).refine((text) => {
    const url = URL.parse(text)
    return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  }, 'It must have no credentials, query or fragment')

export interface UpstreamDefaults {
  url: string
  timeout: number
  totalTimeout: number
  attempts: number
  concurrency: number
  maxResponseBytes: number
}

const DEFAULTS = { timeout: 1, totalTimeout: 3, attempts: 3, concurrency: 100, maxResponseBytes: 1_048_576 }

/** The config keys that an upstream brings, without the prefix that its name gives them. */
function settingsShape(name: string, options: Partial<UpstreamDefaults> & { url: string }) {
  const defaults: UpstreamDefaults = { ...DEFAULTS, ...options }
  return {
    URL: baseUrl().default(defaults.url).describe(`Where ${name} is: http:// or https://, without credentials, query or fragment.`),
    TIMEOUT: seconds().default(defaults.timeout).describe(`Seconds that one try to reach ${name} may take.`),
    TOTAL_TIMEOUT: seconds()
      .default(defaults.totalTimeout)
      .describe(`Seconds that a call of ${name} may take with all its tries; never more than the request has left.`),
    ATTEMPTS: z
      .int()
      .min(1)
      .max(10)
      .default(defaults.attempts)
      .describe('The most tries of a call that may be repeated. All together, retries add a fifth to the calls at most.'),
    CONCURRENCY: z
      .int()
      .min(1)
      .max(100_000)
      .default(defaults.concurrency)
      .describe(`The most calls of ${name} that are under way at a time; what comes beyond is answered with 503.`),
    MAX_RESPONSE_BYTES: z
      .int()
      .min(1)
      .max(1_073_741_824)
      .default(defaults.maxResponseBytes)
      .describe('The largest reply; a larger one is not read to its end and is answered with 502.'),
    BREAKER: z.boolean().default(true).describe(`Whether calls of ${name} fail at once while half of them fail (circuit breaker).`),
  }
}

/** The values of those keys, by their names without the prefix. */
export type UpstreamSettings = z.output<z.ZodObject<ReturnType<typeof settingsShape>>>

/** The config keys of one upstream, and how their values are read. */
export function upstreamConfig(name: string, options: Partial<UpstreamDefaults> & { url: string }) {
  const prefix = `${name.toUpperCase().replaceAll('-', '_')}_`
  const shape = settingsShape(name, options)
  const schema = z.object(shape)
  const keys: Readonly<Record<string, z.ZodType>> = Object.fromEntries(Object.entries(shape).map(([key, type]) => [prefix + key, type]))
  return {
    keys,
    read: (config: Readonly<Record<string, unknown>>): UpstreamSettings =>
      schema.parse(Object.fromEntries(Object.keys(shape).map((key) => [key, config[prefix + key]]))),
  }
}

/** The port that a URL leads to. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80))
}
