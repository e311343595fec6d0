import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askRedis } from '../../../../../test/databases/ask-redis.ts'
import { sharedServer } from '../../../../../test/databases/databases.ts'
import { startRedis } from '../../../../../test/databases/start-redis.ts'
import { countedLoad, openNotes } from './open-cache.fixture.ts'

const nameOf = (deployment: string, key: string) => `${deployment}:1.0.0:notes:${createHash('sha256').update(key).digest('hex')}`

/** Replicas of one deployment. */
async function openReplicas(count: number, url: string, options: Parameters<typeof openNotes>[0] = {}) {
  const deployment = crypto.randomUUID()
  const replicas = await Promise.all(
    Array.from({ length: count }, () => openNotes({ deployment, ...options, config: { CACHE_URL: url, ...options.config } })),
  )
  return { deployment, replicas, close: () => Promise.all(replicas.map(({ open }) => open.close())) }
}

/** A Redis that one test may hurt, and that ends with it. */
async function startOwnRedis(context: TestContext) {
  const server = await startRedis()
  context.after(() => server.stop())
  return server
}

async function until(condition: () => boolean | Promise<boolean>, milliseconds = 3000): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await condition()); await sleep(10)) assert.ok(Date.now() < end, 'waited for too long')
}

describe('a shared cache', () => {
  test('has what another replica loaded, under a name that tells nothing', async () => {
    const { replicas, deployment, close } = await openReplicas(2, sharedServer('redis'), { fresh: 10, staleWhileRevalidate: 5, staleIfError: 20 })
    const counted = countedLoad(1)
    await replicas[0]?.notes.get('a secret', counted.load)
    const name = nameOf(deployment, 'a secret')
    await until(async () => (await askRedis(sharedServer('redis'), `EXISTS ${name}`)).includes(':1'))
    const answer = await replicas[1]?.notes.get('a secret', counted.load)
    assert.deepEqual([answer?.state, answer?.value, counted.count], ['hit', { text: 'loaded 1' }, 1])
    assert.ok(Object.isFrozen(answer?.value))
    const kept = Number(/:(\d+)/.exec(await askRedis(sharedServer('redis'), `PTTL ${name}`))?.[1])
    assert.ok(kept > 28_000 && kept <= 30_000)
    assert.match(await askRedis(sharedServer('redis'), `EXISTS ${name}:lock`), /:0/)
    assert.equal(replicas[0]?.metric('cache_shared_up'), 1)
    await close()
  })

  test('loads once for all replicas, and renews once', async () => {
    const { replicas, close } = await openReplicas(3, sharedServer('redis'), { fresh: 0.3, staleWhileRevalidate: 10 })
    const counted = countedLoad(150)
    const ask = () => replicas.flatMap(({ notes }) => Array.from({ length: 333 }, () => notes.get('a', counted.load)))
    for (const { value } of await Promise.all(ask())) assert.equal(value.text, 'loaded 1')
    assert.equal(counted.count, 1)
    await sleep(350)
    for (const { state } of await Promise.all(ask())) assert.equal(state, 'stale')
    await sleep(280)
    assert.equal(counted.count, 2)
    await close()
  })

  test('lets the next replica load where the first one failed', async () => {
    const { replicas, close } = await openReplicas(2, sharedServer('redis'))
    const [first, second] = replicas
    const failed = assert.rejects(async () => first?.notes.get('a', () => sleep(50).then(() => Promise.reject(new Error('It is away.')))))
    await sleep(20)
    assert.equal((await second?.notes.get('a', countedLoad().load))?.value.text, 'loaded 1')
    await failed
    await close()
  })

  test('gives up a lock when the cache closes', async () => {
    const { replicas, close } = await openReplicas(2, sharedServer('redis'))
    const [first, second] = replicas
    const ended = assert.rejects(async () => first?.notes.get('a', () => new Promise<never>(() => {})))
    await sleep(30)
    await first?.open.close()
    await ended
    const startedAt = performance.now()
    assert.equal((await second?.notes.get('a', countedLoad(1).load))?.value.text, 'loaded 1')
    assert.ok(performance.now() - startedAt < 500)
    await close()
  })

  test('takes what is none of its own for a miss', async () => {
    const { replicas, deployment, close } = await openReplicas(1, sharedServer('redis'))
    const [replica] = replicas
    const garbage = { a: 'nonsense', b: '{"storedAt":1,"value":{"text":7}}', c: `{"storedAt":${Date.now()},"va` }
    for (const [key, text] of Object.entries(garbage)) {
      await askRedis(sharedServer('redis'), `SET ${nameOf(deployment, key)} '${text}'`)
      assert.deepEqual(await replica?.notes.get(key, countedLoad(1).load), { value: { text: 'loaded 1' }, state: 'miss', age: 0 })
    }
    await askRedis(sharedServer('redis'), `RPUSH ${nameOf(deployment, 'd')} x`)
    assert.equal((await replica?.notes.get('d', countedLoad(1).load))?.state, 'miss')
    assert.deepEqual([replica?.metric('cache_errors_total', 'parse'), replica?.metric('cache_errors_total', 'claim')], [3, 1])
    await close()
  })

  test('is as if it were not there with a wrong password', async () => {
    const url = Object.assign(new URL(sharedServer('redis')), { password: 'wrong' }).href
    const { replicas, close } = await openReplicas(1, url)
    const [replica] = replicas
    assert.equal((await replica?.notes.get('a', countedLoad(1).load))?.state, 'miss')
    assert.equal((await replica?.notes.get('a', countedLoad(1).load))?.state, 'hit')
    await replica?.open.check(new AbortController().signal)
    assert.equal(replica?.metric('cache_shared_up'), 0)
    assert.equal(replica?.told.length, 1)
    assert.doesNotMatch(JSON.stringify(replica?.told), /wrong/)
    await close()
  })

  test('uses a new CACHE_URL, and keeps the one before until it works', async (context) => {
    const [first, second] = await Promise.all([startOwnRedis(context), startOwnRedis(context)])
    const { replicas, close } = await openReplicas(1, first.url, { fresh: 0.01, staleWhileRevalidate: 0, staleIfError: 0 })
    const [replica] = replicas
    assert.ok(replica)
    replica.config.CACHE_URL = Object.assign(new URL(second.url), { password: 'wrong' }).href
    const ask = () => replica.notes.get(crypto.randomUUID(), countedLoad(1).load)
    await ask()
    await until(() => replica.told.some(({ message }) => message.startsWith('The new CACHE_URL does not work yet')))
    assert.equal(replica.metric('cache_shared_up'), 1)
    replica.config.CACHE_URL = second.url
    await until(async () => {
      await ask()
      return (await askRedis(first.url, 'CLIENT LIST')).split('id=').length === 2
    })
    assert.equal(replica.metric('cache_shared_up'), 1)
    await close()
  })
})

describe('a Redis that is', () => {
  test('full costs the sharing only', { timeout: 30_000 }, async (context) => {
    const server = await startOwnRedis(context)
    const { replicas, close } = await openReplicas(2, server.url)
    await askRedis(server.url, 'CONFIG SET maxmemory-policy noeviction')
    await askRedis(server.url, 'CONFIG SET maxmemory 1')
    for (const { notes, metric } of replicas) {
      assert.equal((await notes.get('a', countedLoad(1).load)).value.text, 'loaded 1')
      assert.equal((await notes.get('a', countedLoad(1).load)).state, 'hit')
      assert.equal(metric('cache_shared_up'), 1)
    }
    await askRedis(server.url, 'CONFIG SET maxmemory 0')
    await close()
  })

  test('frozen, killed and started again costs speed only', { timeout: 60_000 }, async (context) => {
    const server = await startOwnRedis(context)
    const { replicas, close } = await openReplicas(2, server.url, { fresh: 1, staleWhileRevalidate: 0 })
    let isOver = false
    const hits: number[] = []
    const misses: number[] = []
    let count = 0
    const load = replicas.map(async ({ notes }) => {
      for (; !isOver; await sleep(2)) {
        const startedAt = performance.now()
        const { state } = await notes.get(`key ${count++ % 40}`, async () => ({ text: 'at once' }))
        const times = state === 'hit' ? hits : misses
        times.push(performance.now() - startedAt)
      }
    })
    const isShared = async () => {
      const key = crypto.randomUUID()
      await replicas[0]?.notes.get(key, countedLoad(0).load)
      await sleep(50)
      return (await replicas[1]?.notes.get(key, countedLoad(0).load))?.state === 'hit'
    }
    await until(isShared)
    for (const [hurt, mend] of [
      [() => server.freeze(), () => server.thaw()],
      [() => server.kill(), () => server.start()],
      [() => server.restart(), () => {}],
    ] as const) {
      await hurt()
      await sleep(700)
      await mend()
      await until(isShared, 3000)
    }
    isOver = true
    await Promise.all(load)
    await close()
    assert.ok(hits.length > 100 && misses.length > 20)
    // A lock that nobody holds any more, two bounded waits, and a machine that does other things too.
    assert.ok(Math.max(...misses) < 600, `the longest wait was ${Math.max(...misses)} ms`)
    const sorted = hits.sort((one, other) => one - other)
    assert.ok(Number(sorted[Math.floor(sorted.length * 0.99)]) < 60)
  })
})
