import { type Cached, cache, counter, defineRoute, defineService, type Reply, reply, ServiceError, upstream } from '@slipway/chassis'
import { z } from 'zod'
import { reverse } from './reverse.ts'

const MAX_BODY_BYTES = 65_536
const DAY_SECONDS = 86_400
/** A longer one is shouted each time: a few hundred of 64 KiB would drive out what everybody else asks for. */
const MAX_CACHED_BYTES = 4096

const text = z.object({ data: z.string().meta({ examples: ['test'] }) }).meta({ id: 'Text' })

/** What shoutcloud answers; it has more to say, which nobody needs. */
const shouted = z.object({ OUTPUT: z.string() })

/** Where an answer comes from, in the words of `Cache-Status` (RFC 9211). */
const CACHE_STATUS = { hit: 'shout; hit', stale: 'shout; hit; detail=stale', miss: 'shout; fwd=miss', local: 'shout; fwd=miss; detail=local' }

function toReply({ value, state, age }: Cached<string>): Reply<z.output<typeof text>> {
  // Age says that the answer is none of now (RFC 9111, section 5.1).
  return reply({ data: value }, { headers: { 'cache-status': CACHE_STATUS[state], ...(state !== 'miss' && { age: String(age) }) } })
}

const isUpstreamError = (error: unknown) =>
  error instanceof ServiceError && (error.code === 'upstream_unavailable' || error.code === 'bad_upstream_reply')

export default defineService(
  {
    name: 'shout',
    summary: 'Turns texts round and has them shouted by shoutcloud.',
    config: {
      SHOUT_FALLBACK: z
        .enum(['none', 'local'])
        .default('none')
        .describe('What is done for a text that the cache has not got while shoutcloud is not available: nothing, or it is upper-cased here.'),
    },
    resources: {
      shoutcloud: upstream({ name: 'shoutcloud', url: 'http://api.shoutcloud.io/V1/SHOUT', timeout: 1, totalTimeout: 3, attempts: 3 }),
      // What was shouted once is shouted the same way for ever, so an old answer is better than none. A load may take longer than the upstream with
      // all its tries, whose own error says more.
      cache: cache({
        value: z.string(),
        fresh: 300,
        staleWhileRevalidate: DAY_SECONDS,
        staleIfError: DAY_SECONDS,
        maxValueBytes: MAX_CACHED_BYTES,
        loadTimeout: 5,
      }),
    },
    metrics: { fallbacks: counter({ name: 'shout_fallbacks_total', help: 'Texts that were upper-cased here instead of by shoutcloud.' }) },
  },
  ['/', '/v1'].map((path) =>
    defineRoute({
      method: 'POST',
      path,
      summary: 'The text, turned round and shouted',
      description:
        'It is reversed by what people see as characters, and put into upper case by shoutcloud. `Cache-Status` (RFC 9211) and `Age` say whether the answer was in the cache.',
      accepts: ['application/json', 'application/x-www-form-urlencoded'],
      maxBodyBytes: MAX_BODY_BYTES,
      body: text,
      response: text,
      errors: ['upstream_unavailable', 'bad_upstream_reply'],
      handler({ body: { data } }, { cache, shoutcloud, config, metrics }) {
        if (data === '') return { data }
        const cached = cache.get(data, async (within) => {
          const { OUTPUT } = await shoutcloud.call({ json: { INPUT: reverse(data) }, response: shouted, isIdempotent: true, within })
          return OUTPUT
        })
        if (!(cached instanceof Promise)) return toReply(cached)
        return cached.then(toReply, (error: unknown) => {
          if (config.SHOUT_FALLBACK === 'none' || !isUpstreamError(error)) throw error
          metrics.fallbacks.increment()
          return reply({ data: reverse(data).toUpperCase() }, { headers: { 'cache-status': CACHE_STATUS.local } })
        })
      },
    }),
  ),
)
