import { z } from 'zod'
import { secret } from '../../definition/secret.ts'
import { parseCacheUrl } from './cache-url.ts'

/** The config keys that a cache brings. */
export const cacheConfig = (loadTimeout: number) => ({
  CACHE_URL: secret(cacheUrl())
    .optional()
    .describe(
      'The Redis or Valkey that replicas share: redis://user:password@host:port/database, or rediss:// for TLS. It needs maxmemory and a maxmemory-policy such as allkeys-lru. Unset: each caches for itself.',
    ),
  CACHE_MAX_ENTRIES: z.int().min(1).max(10_000_000).default(10_000).describe('The most entries that this process keeps in memory.'),
  CACHE_MAX_BYTES: z
    .int()
    .min(1024)
    .max(2 ** 40)
    .default(67_108_864)
    .describe('The most bytes of keys, two a character, and values, as JSON, that this process keeps in memory.'),
  CACHE_LOAD_TIMEOUT: z
    .number()
    .min(0.001)
    .max(3600)
    .default(loadTimeout)
    .describe(
      'Seconds until a value that the cache has not got is there, or an error: for the load, and for the wait before while another replica loads it, which takes half of them at most.',
    ),
  CACHE_WAIT: z
    .number()
    .min(0.001)
    .max(10)
    .default(0.05)
    .describe('Seconds that a command to Redis may take; then it is given up, and nobody waits for Redis until it answers again.'),
})

export type CacheKeys = ReturnType<typeof cacheConfig>
export type CacheConfig = { readonly [Key in keyof CacheKeys]: z.output<CacheKeys[Key]> }

function cacheUrl() {
  return z.string().check((context) => {
    try {
      parseCacheUrl(context.value)
    } catch (error) {
      context.issues.push({ code: 'custom', input: context.value, message: (error as Error).message })
    }
  })
}
