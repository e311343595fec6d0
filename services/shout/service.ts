import {
  type Cached,
  type CallScope,
  cache,
  counter,
  defineRoute,
  defineService,
  type Reply,
  reply,
  ServiceError,
  type Upstream,
  upstream,
} from '@slipway/chassis'
import { z } from 'zod'
import { reverse } from './reverse.ts'

const MAX_BODY_BYTES = 65_536
const DAY_SECONDS = 86_400
/** A longer one is shouted each time: a few hundred of 64 KiB would drive out what everybody else asks for. */
const MAX_CACHED_BYTES = 4096

const text = z.object({ data: z.string().meta({ examples: ['test'] }) }).meta({ id: 'Text' })

/** Of a text that nobody has yet, with all waits, tries and pauses. */
const TOTAL_SECONDS = 3

const shouted = z.object({ INPUT: z.string(), OUTPUT: z.string() })

/** Where an answer comes from, in the words of `Cache-Status` (RFC 9211). */
const CACHE_STATUS = { hit: 'shout; hit', stale: 'shout; hit; detail=stale', miss: 'shout; fwd=miss', local: 'shout; fwd=miss; detail=local' }

function toReply({ value, state, age }: Cached<string>): Reply<z.output<typeof text>> {
  // Age says that the answer is none of now (RFC 9111, section 5.1).
  return reply({ data: value }, { headers: { 'cache-status': CACHE_STATUS[state], ...(state !== 'miss' && { age: String(age) }) } })
}

/** What can go wrong on the way to shoutcloud: it, its reply, or the time for both. */
const ERRORS = ['upstream_unavailable', 'bad_upstream_reply', 'resource_unavailable'] as const

const isOfShoutcloud = (error: unknown) => error instanceof ServiceError && ERRORS.some((code) => code === error.code)

async function shout(data: string, shoutcloud: Upstream, within: CallScope): Promise<string> {
  const asked = reverse(data)
  const { INPUT, OUTPUT } = await shoutcloud.call({ json: { INPUT: asked }, response: shouted, isIdempotent: true, within })
  if (INPUT === asked) return OUTPUT
  throw new ServiceError('bad_upstream_reply', "The reply of shoutcloud can't be used.", { cause: new Error('It answered another text.') })
}

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
      shoutcloud: upstream({ name: 'shoutcloud', url: 'http://api.shoutcloud.io/V1/SHOUT', timeout: 1, totalTimeout: TOTAL_SECONDS, attempts: 3 }),
      // What was shouted once is shouted the same way for ever, so an old answer is better than none. A load has the time of the upstream, which
      // ends a little before, for its own error says more.
      cache: cache({
        value: z.string(),
        fresh: 300,
        staleWhileRevalidate: DAY_SECONDS,
        staleIfError: DAY_SECONDS,
        maxValueBytes: MAX_CACHED_BYTES,
        loadTimeout: TOTAL_SECONDS,
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
      errors: ERRORS,
      handler({ body: { data } }, { cache, shoutcloud, config, metrics }) {
        if (data === '') return { data }
        const cached = cache.get(data, (within) => shout(data, shoutcloud, within))
        if (!(cached instanceof Promise)) return toReply(cached)
        return cached.then(toReply, (error: unknown) => {
          if (config.SHOUT_FALLBACK === 'none' || !isOfShoutcloud(error)) throw error
          metrics.fallbacks.increment()
          return reply({ data: reverse(data).toUpperCase() }, { headers: { 'cache-status': CACHE_STATUS.local } })
        })
      },
    }),
  ),
)
