import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultName } from '@slipway/chassis/testing'
import { startProcess } from '../../test/start-process.ts'
import { type OpenShout, openShout } from './open-shout.fixture.ts'
import { startStandIn } from './stand-in/stand-in.ts'

const FRESH_MILLISECONDS = 300_000
const TRACE = '0af7651916cd43dd8448eb211c80319c'
/** Twenty replies at a time, each up to 1 MiB and what is on its way, as text and as JSON; a twentieth of what comes. */
const MOST_MORE_MEGABYTES = 200
/** Less than a try may take. */
const SLOW_MILLISECONDS = 800

/** What a client gets, and within how many seconds. The last are those that a try, or all of them, may take. */
const answers: readonly [FaultName, status: number, code: string, seconds: number, reply?: unknown][] = [
  ['drop', 503, 'upstream_unavailable', 1],
  ['error', 503, 'upstream_unavailable', 1],
  ['half-close', 503, 'upstream_unavailable', 1],
  ['slow', 503, 'upstream_unavailable', 3.05],
  ['busy', 503, 'upstream_unavailable', 3.05],
  ['html', 502, 'bad_upstream_reply', 0.5],
  ['empty', 502, 'bad_upstream_reply', 0.5],
  ['wrong-shape', 502, 'bad_upstream_reply', 0.5],
  ['reply', 502, 'bad_upstream_reply', 0.5, { INPUT: 'nwonk', OUTPUT: 'NWONK' }],
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
  for (const [fault, status, code, seconds, reply] of answers) {
    test(`is ${fault}: ${status}, or what the cache has`, { timeout: 30_000 }, () =>
      withShout({}, async ({ shout, standIn, send }) => {
        assert.deepEqual((await shout('known')).body, { data: 'NWONK' })
        standIn.set({ fault, reply })
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

  test(
    'is slow, and a request has less time than that: 504, or what the cache has; and what was begun is there for the next',
    {
      timeout: 30_000,
    },
    () =>
      withShout({ REQUEST_DEADLINE: '0.4' }, async ({ shout, standIn }) => {
        await shout('known')
        standIn.set({ fault: 'slow', delay: SLOW_MILLISECONDS })
        const { status, body } = await shout('not known')
        assert.deepEqual([status, body.code], [504, 'deadline_exceeded'])
        await later(FRESH_MILLISECONDS + 1000, async () => {
          assert.equal((await shout('known')).headers.get('cache-status'), 'shout; hit; detail=stale')
        })
        await sleep(SLOW_MILLISECONDS)
        const { headers, body: shouted } = await shout('not known')
        assert.deepEqual([headers.get('cache-status'), shouted.data], ['shout; hit', 'NWONK TON'])
      }),
  )

  test('is slow, and the client that asked first goes away: whoever asked for the same is answered', { timeout: 30_000 }, () =>
    withShout({}, async ({ shout, standIn }) => {
      standIn.set({ fault: 'slow', delay: SLOW_MILLISECONDS })
      const client = new AbortController()
      const first = shout('together', { signal: client.signal }).catch((error: Error) => error.name)
      while (standIn.calls() === 0) await sleep(5)
      const others = Promise.all([1, 2, 3].map(() => shout('together')))
      await sleep(50)
      client.abort()
      assert.equal(await first, 'AbortError')
      for (const { status, body } of await others) assert.deepEqual([status, body], [200, { data: 'REHTEGOT' }])
      assert.equal(standIn.calls(), 1)
    }),
  )

  test('is asked again for what is stale: it learns of the trace of the request that was served with it', { timeout: 30_000 }, () =>
    withShout({}, async ({ shout, standIn }) => {
      await shout('aged')
      await later(FRESH_MILLISECONDS + 1000, async () => {
        const traceparent = `00-${TRACE}-b7ad6b7169203331-00`
        const headers = { 'content-type': 'application/json', traceparent, tracestate: 'a=1', 'x-request-id': 'r-1' }
        assert.equal((await shout('aged', { headers })).headers.get('cache-status'), 'shout; hit; detail=stale')
        while (standIn.calls() < 2) await sleep(5)
        const sent = standIn.lastHeaders()
        assert.match(String(sent.traceparent), new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[0-9a-f]{16}-00$`))
        assert.deepEqual([sent.tracestate, sent['x-request-id']], ['a=1', 'r-1'])
        assert.ok(Number(sent['x-envoy-expected-rq-timeout-ms']) > 900)
      })
    }),
  )

  test('answers a flood of 10 MB each: little of it is ever in memory', { timeout: 60_000 }, async (context) => {
    const standIn = await startStandIn()
    const environment = { SHOUTCLOUD_URL: `${standIn.url}/V1/SHOUT`, SHOUTCLOUD_TIMEOUT: '3', LOG_LEVEL: 'silent' }
    const shout = await startProcess('services/shout/main.ts', environment)
    const megabytes = () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${shout.child.pid}/status`, 'utf8'))?.[1]) / 1024
    const ask = (text: string) =>
      fetch(shout.url, { method: 'POST', body: JSON.stringify({ data: text }), headers: { 'content-type': 'application/json' } })
    try {
      assert.equal((await ask('known')).status, 200)
      standIn.set({ fault: 'huge' })
      const before = megabytes()
      let most = before
      for (let round = 0; round < 20; round++) {
        const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`huge ${round} ${index}`)))
        assert.deepEqual([...new Set(answers.map(({ status }) => status))], [502])
        await Promise.all(answers.map((answer) => answer.arrayBuffer()))
        most = Math.max(most, megabytes())
      }
      context.diagnostic(`4 GB of replies: ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most`)
      assert.ok(most < before + MOST_MORE_MEGABYTES, `${before} MB before, ${most} MB at most`)
      assert.equal(await shout.stop(), 0)
    } finally {
      shout.kill()
      await standIn.close()
    }
  })

  test('is well, and the fresh time is over: everybody is served at once, and it is asked once', { timeout: 30_000 }, () =>
    withShout({}, async ({ shout, standIn }) => {
      await shout('aged')
      standIn.set({ fault: 'slow', delay: SLOW_MILLISECONDS })
      await later(FRESH_MILLISECONDS + 1000, async () => {
        const startedAt = performance.now()
        const served = await Promise.all(Array.from({ length: 100 }, () => shout('aged')))
        assert.ok(performance.now() - startedAt < SLOW_MILLISECONDS, `It took ${performance.now() - startedAt} ms.`)
        assert.ok(served.every(({ headers }) => headers.get('cache-status') === 'shout; hit; detail=stale'))
        const isFresh = async () => (await shout('aged')).headers.get('cache-status') === 'shout; hit'
        for (let tries = 0; !(await isFresh()); tries++) {
          assert.ok(tries < 100, 'It was never renewed.')
          await sleep(50)
        }
        assert.equal(standIn.calls(), 2)
      })
    }),
  )
})
