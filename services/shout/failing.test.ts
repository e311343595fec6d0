import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OpenShout, openShout } from './open-shout.fixture.ts'
import type { FaultName } from './stand-in/fault.ts'

const FRESH_MILLISECONDS = 300_000
/** Less than a try may take. */
const SLOW_MILLISECONDS = 800

/** What a client gets, and within how many seconds. The last are those that a try, or all of them, may take. */
const answers: readonly [FaultName, status: number, code: string, seconds: number][] = [
  ['drop', 503, 'upstream_unavailable', 1],
  ['error', 503, 'upstream_unavailable', 1],
  ['half-close', 503, 'upstream_unavailable', 1],
  ['slow', 503, 'upstream_unavailable', 3.2],
  ['busy', 503, 'upstream_unavailable', 3.2],
  ['html', 502, 'bad_upstream_reply', 0.5],
  ['empty', 502, 'bad_upstream_reply', 0.5],
  ['wrong-shape', 502, 'bad_upstream_reply', 0.5],
  ['huge', 502, 'bad_upstream_reply', 0.5],
]

async function withShout(environment: Readonly<Record<string, string>>, work: (opened: OpenShout) => Promise<void>): Promise<void> {
  const opened = await openShout(environment)
  try {
    await work(opened)
  } finally {
    await opened.close()
  }
}

/** As if so much time had passed. */
async function later(milliseconds: number, work: () => Promise<void>): Promise<void> {
  const { now } = Date
  Date.now = () => now() + milliseconds
  try {
    await work()
  } finally {
    Date.now = now
  }
}

describe('shout, while shoutcloud', () => {
  for (const [fault, status, code, seconds] of answers) {
    test(`is ${fault}: ${status}, or what the cache has`, { timeout: 30_000 }, () =>
      withShout({}, async ({ shout, standIn, send }) => {
        assert.deepEqual((await shout('known')).body, { data: 'NWONK' })
        standIn.set({ fault })
        const startedAt = performance.now()
        const { status: got, headers, body } = await shout('not known')
        assert.deepEqual([got, body.code, headers.get('content-type')], [status, code, 'application/problem+json'])
        assert.ok(performance.now() - startedAt < seconds * 1000, `It took ${performance.now() - startedAt} ms.`)
        assert.equal(status === 503, Number(headers.get('retry-after')) >= 1)
        assert.deepEqual((await shout('known')).headers.get('cache-status'), 'shout; hit')
        await later(FRESH_MILLISECONDS + 1000, async () => {
          const stale = await shout('known')
          assert.deepEqual([stale.status, stale.body], [200, { data: 'NWONK' }])
          assert.equal(stale.headers.get('cache-status'), 'shout; hit; detail=stale')
          assert.match(stale.headers.get('age') ?? '', /^30[1-9]$/)
        })
        assert.equal((await send('GET', '/readyz')).status, 200)
        assert.equal((await send('GET', '/livez')).status, 200)
      }),
    )
  }

  test('fails, and SHOUT_FALLBACK is local: upper-cases here, and tells so', { timeout: 30_000 }, () =>
    withShout({ SHOUT_FALLBACK: 'local' }, async ({ shout, standIn, send }) => {
      for (const fault of ['drop', 'html'] as const) {
        standIn.set({ fault })
        const { status, headers, body } = await shout(`groß, ${fault}`)
        assert.deepEqual([status, body], [200, { data: fault === 'drop' ? 'PORD ,SSORG' : 'LMTH ,SSORG' }])
        assert.equal(headers.get('cache-status'), 'shout; fwd=miss; detail=local')
      }
      standIn.set()
      // It was not kept: shoutcloud may know better.
      assert.equal((await shout('groß, drop')).headers.get('cache-status'), 'shout; fwd=miss')
      assert.match((await send('GET', '/metrics')).body, /^shout_fallbacks_total 2$/m)
    }),
  )

  test('is well, and the fresh time is over: everybody is served at once, and it is asked once', { timeout: 30_000 }, () =>
    withShout({}, async ({ shout, standIn }) => {
      await shout('aged')
      standIn.set({ fault: 'slow', delay: SLOW_MILLISECONDS })
      await later(FRESH_MILLISECONDS + 1000, async () => {
        const startedAt = performance.now()
        const served = await Promise.all(Array.from({ length: 100 }, () => shout('aged')))
        assert.ok(performance.now() - startedAt < SLOW_MILLISECONDS, `It took ${performance.now() - startedAt} ms.`)
        assert.ok(served.every(({ headers }) => headers.get('cache-status') === 'shout; hit; detail=stale'))
        await sleep(SLOW_MILLISECONDS)
        assert.equal(standIn.calls(), 2)
        assert.equal((await shout('aged')).headers.get('cache-status'), 'shout; hit')
      })
    }),
  )
})
