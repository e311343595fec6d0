import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis } from '../../test/databases/start-redis.ts'
import { startProcess } from '../../test/start-process.ts'
import { startStandIn } from './stand-in/stand-in.ts'

const PHASE_MILLISECONDS = 1500
const PAUSE_MILLISECONDS = 5
/** What CACHE_WAIT is, and some for a machine that does other things too. */
const MOST_MORE_MILLISECONDS = 50 + 30
/** Of an answer that nobody has yet: two waits for Redis, one for a lock that nobody holds any more, and the call. */
const MOST_MILLISECONDS = 1000
const MOST_MILLISECONDS_UNTIL_SHARED = 3000

interface Answer {
  milliseconds: number
  status: number
  from: string | null
}

async function ask(url: string, data: string): Promise<Answer> {
  const startedAt = performance.now()
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ data }) })
  await response.arrayBuffer()
  return { milliseconds: performance.now() - startedAt, status: response.status, from: response.headers.get('cache-status') }
}

function p99(answers: readonly Answer[]): number {
  const sorted = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.POSITIVE_INFINITY
}

test('Redis is paused, killed and restarted under load: no error, hits as fast as before, and shared again', {
  timeout: 120_000,
}, async (context) => {
  const [redis, standIn] = await Promise.all([startRedis(), startStandIn()])
  const environment = { SHOUTCLOUD_URL: `${standIn.url}/V1/SHOUT`, CACHE_URL: redis.url, DEPLOYMENT: 'shout', LOG_LEVEL: 'error' }
  const replicas = await Promise.all([1, 2].map(() => startProcess('services/shout/main.ts', environment)))
  const [first, second] = replicas.map(({ url }) => url) as [string, string]
  let count = 0
  /** A text that is known, and one that is new, which the other replica asks for next. */
  async function serve(): Promise<{ hits: Answer[]; others: Answer[] }> {
    const [hits, others]: [Answer[], Answer[]] = [[], []]
    for (const endsAt = performance.now() + PHASE_MILLISECONDS; performance.now() < endsAt; await sleep(PAUSE_MILLISECONDS)) {
      const text = `text ${count++}`
      hits.push(await ask(first, 'known'))
      others.push(await ask(first, text), await ask(second, text))
    }
    return { hits, others }
  }
  /** Resolves when one replica has what the other loaded, to the milliseconds until then. */
  async function untilShared(): Promise<number> {
    const startedAt = performance.now()
    for (let from: string | null = ''; from !== 'shout; hit'; await sleep(50)) {
      assert.ok(performance.now() - startedAt < MOST_MILLISECONDS_UNTIL_SHARED, 'Nothing is shared after 3 s.')
      const text = `shared ${count++}`
      const before = standIn.calls()
      await ask(first, text)
      // It is stored beside the answer.
      await sleep(10)
      from = (await ask(second, text)).from
      // It never asked for that text before, and nobody else was called for it.
      if (from === 'shout; hit') assert.equal(standIn.calls(), before + 1)
    }
    return performance.now() - startedAt
  }
  try {
    await ask(first, 'known')
    const before = await serve()
    await untilShared()
    const faults: [string, begin: () => unknown, end: () => unknown][] = [
      ['paused', () => redis.freeze(), () => redis.thaw()],
      ['killed', () => redis.kill(), () => redis.start()],
      ['restarted', () => redis.restart(), () => {}],
    ]
    for (const [name, begin, end] of faults) {
      const begun = begin()
      const during = await serve()
      await begun
      await end()
      const shared = await untilShared()
      const [usual, now, slowest] = [p99(before.hits), p99(during.hits), Math.max(...during.others.map(({ milliseconds }) => milliseconds))]
      context.diagnostic(
        `${name}: p99 of hits ${now.toFixed(1)} ms after ${usual.toFixed(1)} ms, slowest ${slowest.toFixed(0)} ms, shared after ${shared.toFixed(0)} ms`,
      )
      for (const { status } of [...during.hits, ...during.others]) assert.equal(status, 200)
      for (const { from } of during.hits) assert.equal(from, 'shout; hit')
      assert.ok(now <= usual + MOST_MORE_MILLISECONDS && slowest < MOST_MILLISECONDS)
      for (const url of [first, second]) assert.equal((await fetch(`${url}/readyz`)).status, 200)
    }
    assert.deepEqual(await Promise.all(replicas.map((replica) => replica.stop())), [0, 0])
  } finally {
    for (const replica of replicas) replica.kill()
    await Promise.all([redis.stop(), standIn.close()])
  }
})
