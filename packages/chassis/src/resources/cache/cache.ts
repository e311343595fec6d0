import type { OpenResource, Resource, ResourceContext } from '../../definition/resource.ts'
import { type CacheConfig, type CacheKeys, cacheConfig } from './cache-config.ts'
import { CacheCounts } from './cache-counts.ts'
import { CacheEngine } from './cache-engine.ts'
import { type Cache, CacheHandle } from './cache-handle.ts'
import { type CacheOptions, type CachePolicy, cachePolicy } from './cache-options.ts'
import { parseCacheUrl } from './cache-url.ts'
import { keepMilliseconds } from './entry.ts'
import { FailureLog } from './failure-log.ts'
import { measureCache } from './measure-cache.ts'
import { MemoryLayer } from './memory-layer.ts'
import { RedisConnection } from './redis-connection.ts'
import { SharedLayer } from './shared-layer.ts'

type Context = ResourceContext<CacheConfig>
export type CacheResource<Value> = Resource<Cache<Value>, CacheKeys>

/**
 * A cache of values by key: in memory, and shared by all replicas where `CACHE_URL` names a Redis or Valkey, whose loss costs speed only.
 *
 * @throws {DefinitionError} with a sentence for each option that is wrong
 * @example resources: { cache: cache({ value: z.object({ title: z.string() }), fresh: 30 }) }
 */
export function cache<Value>(options: CacheOptions<Value>): CacheResource<Value> {
  const policy = cachePolicy(options)
  return Object.freeze({
    kind: 'cache',
    config: cacheConfig(policy.loadTimeout),
    network: ({ CACHE_URL }: CacheConfig) => (CACHE_URL === undefined ? [] : [parseCacheUrl(CACHE_URL)]),
    open: (context: Context) => openCache(context, policy),
  })
}

async function openCache<Value>(context: Context, policy: CachePolicy<Value>): Promise<OpenResource<Cache<Value>>> {
  const { name, config, log, meter } = context
  const counts = new CacheCounts()
  const closing = new AbortController()
  const memory = new MemoryLayer<Value>({ maxEntries: config.CACHE_MAX_ENTRIES, maxBytes: config.CACHE_MAX_BYTES, lifetimes: policy })
  const connection = await connect(context, counts)
  const shared = connection && new SharedLayer({ connection, counts, closing: closing.signal, ...sharedOptions(context, policy) })
  const loadMilliseconds = config.CACHE_LOAD_TIMEOUT * 1000
  const engine = new CacheEngine({ policy, memory, shared, counts, loadMilliseconds, failures: new FailureLog(log), closing: closing.signal })
  measureCache(name, { counts, memory, isSharedUp: () => connection?.isUp }, meter)
  return {
    handle: new CacheHandle(engine),
    forRequest: (scope) => new CacheHandle(engine, scope),
    check: async () => connection?.ping(),
    async close() {
      closing.abort(new Error('The cache is closed.'))
      await engine.settle()
      await connection?.close()
    },
  }
}

async function connect({ config, log }: Context, counts: CacheCounts): Promise<RedisConnection | undefined> {
  const { CACHE_URL: first, CACHE_WAIT } = config
  if (first === undefined) return undefined
  const connection = new RedisConnection({ currentUrl: () => config.CACHE_URL ?? first, waitMilliseconds: CACHE_WAIT * 1000, counts, log })
  await connection.open()
  return connection
}

function sharedOptions<Value>({ deployment, version, name }: Context, policy: CachePolicy<Value>) {
  return {
    value: policy.value,
    prefix: `${deployment}:${version}:${name}`,
    keepMilliseconds: keepMilliseconds(policy),
    maxValueBytes: policy.maxValueBytes,
    freshMilliseconds: policy.fresh * 1000,
  }
}
