import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askRedis } from '../../../../../test/databases/ask-redis.ts'
import { sharedServer } from '../../../../../test/databases/databases.ts'
import { countedLoad } from './open-cache.fixture.ts'
import { nameOf, openReplicas, startOwnRedis, until } from './open-replicas.fixture.ts'

const url = sharedServer('redis')

describe('a shared cache', () => {
  test('has what another replica loaded, under a name that tells nothing', async () => {
    const { replicas, deployment, close } = await openReplicas(2, url, { fresh: 10, staleWhileRevalidate: 5, staleIfError: 20 })
    const counted = countedLoad(1)
    await replicas[0]?.notes.get('a secret', counted.load)
    const name = nameOf(deployment, 'a secret')
    await until(async () => (await askRedis(url, `EXISTS ${name}`)).includes(':1'))
    const answer = await replicas[1]?.notes.get('a secret', counted.load)
    assert.deepEqual([answer?.state, answer?.value, counted.count], ['hit', { text: 'loaded 1' }, 1])
    assert.ok(Object.isFrozen(answer?.value))
    const kept = Number(/:(\d+)/.exec(await askRedis(url, `PTTL ${name}`))?.[1])
    assert.ok(kept > 28_000 && kept <= 30_000)
    assert.match(await askRedis(url, `EXISTS ${name}:lock`), /:0/)
    assert.equal(replicas[0]?.metric('cache_shared_up'), 1)
    await close()
  })

  test('loads once for all replicas, and renews once', async () => {
    const { replicas, close } = await openReplicas(3, url, { fresh: 0.3, staleWhileRevalidate: 10 })
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
    const { replicas, close } = await openReplicas(2, url)
    const [first, second] = replicas
    const failed = assert.rejects(async () => first?.notes.get('a', () => sleep(50).then(() => Promise.reject(new Error('It is away.')))))
    await sleep(20)
    assert.equal((await second?.notes.get('a', countedLoad().load))?.value.text, 'loaded 1')
    await failed
    await close()
  })

  test('gives up a lock when the cache closes', async () => {
    const { replicas, close } = await openReplicas(2, url)
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
    const { replicas, deployment, close } = await openReplicas(1, url)
    const [replica] = replicas
    const garbage = { a: 'nonsense', b: '{"storedAt":1,"value":{"text":7}}', c: `{"storedAt":${Date.now()},"va` }
    for (const [key, text] of Object.entries(garbage)) {
      await askRedis(url, `SET ${nameOf(deployment, key)} '${text}'`)
      assert.deepEqual(await replica?.notes.get(key, countedLoad(1).load), { value: { text: 'loaded 1' }, state: 'miss', age: 0 })
    }
    await askRedis(url, `RPUSH ${nameOf(deployment, 'd')} x`)
    assert.equal((await replica?.notes.get('d', countedLoad(1).load))?.state, 'miss')
    assert.deepEqual([replica?.metric('cache_errors_total', 'parse'), replica?.metric('cache_errors_total', 'claim')], [2, 0])
    for (const key of ['a', 'b', 'c', 'd']) await until(async () => (await askRedis(url, `GET ${nameOf(deployment, key)}`)).includes('loaded 1'))
    await close()
  })

  test('replaces what is no text, or from a far future, and asks for it twice at most', async (context) => {
    const { url } = await startOwnRedis(context)
    const { replicas, deployment, close } = await openReplicas(1, url, { fresh: 60 })
    const asked = async () => Number(/cmdstat_eval:calls=(\d+)/.exec(await askRedis(url, 'INFO commandstats'))?.[1] ?? 0)
    const entry = (storedAt: number, text: string) => `{\\"storedAt\\":${storedAt},\\"value\\":{\\"text\\":${text}}}`
    for (const [key, text] of Object.entries({
      'no UTF-8': entry(Date.now(), '\\"\\xff\\"'),
      // Its 64th character is the second half of a pair.
      'a pair of surrogates': entry(Date.now(), `[\\"${'x'.repeat(19)}\u{1F600}\\"]`),
      'no UTF-8, nor a head': '\\xff\\xfe',
      'a far future': entry(Date.now() + 3_600_000, '\\"later\\"'),
    })) {
      await askRedis(url, `SET ${nameOf(deployment, key)} "${text}"`)
      const before = await asked()
      const answer = await replicas[0]?.notes.get(key, countedLoad(1).load)
      assert.deepEqual([answer?.state, answer?.value.text], ['miss', 'loaded 1'], key)
      await until(async () => (await askRedis(url, `GET ${nameOf(deployment, key)}`)).includes('loaded 1'))
      assert.ok((await asked()) - before <= 3, `${key}: two to obtain, one to store`)
    }
    await close()
  })

  test('takes an entry of a clock that is a little ahead as stored now', async () => {
    const { replicas, deployment, close } = await openReplicas(1, url, { fresh: 60 })
    await askRedis(url, `SET ${nameOf(deployment, 'a')} '{"storedAt":${Date.now() + 5000},"value":{"text":"ahead"}}'`)
    assert.deepEqual(await replicas[0]?.notes.get('a', countedLoad(1).load), { value: { text: 'ahead' }, state: 'hit', age: 0 })
    await close()
  })

  test('waits and loads within one time, however many replicas fail before', { timeout: 30_000 }, async () => {
    const { replicas, close } = await openReplicas(3, url, { loadTimeout: 0.6 })
    const hang = () => new Promise<never>(() => {})
    const times = replicas.map(async ({ notes }, index) => {
      await sleep(100 * index)
      const startedAt = performance.now()
      await assert.rejects(async () => notes.get('a', hang), { code: 'resource_unavailable' })
      return performance.now() - startedAt
    })
    for (const time of await Promise.all(times)) assert.ok(time < 750, `${time} ms`)
    await close()
  })

  test('forgets a copy whose new value is too large', async () => {
    const { replicas, deployment, close } = await openReplicas(1, url, { fresh: 0.05, staleWhileRevalidate: 0, maxValueBytes: 40 })
    const exists = async () => (await askRedis(url, `EXISTS ${nameOf(deployment, 'a')}`)).includes(':1')
    await replicas[0]?.notes.get('a', countedLoad(1).load)
    await until(exists)
    await sleep(60)
    assert.equal((await replicas[0]?.notes.get('a', countedLoad(1, 'x'.repeat(50)).load))?.state, 'miss')
    await until(async () => !(await exists()))
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

  test('well is not taken for lost by a process that is busy', async (context) => {
    const server = await startOwnRedis(context)
    const { replicas, close } = await openReplicas(1, server.url)
    const [replica] = replicas
    const isBusy = (milliseconds: number) => {
      for (const end = performance.now() + milliseconds; performance.now() < end; );
    }
    for (const key of ['a', 'b', 'c']) {
      server.freeze()
      const waiting = replica?.notes.get(key, countedLoad(1).load)
      // It answers within its time, which this process has let pass before it even asked.
      setImmediate(() => setTimeout(() => server.thaw(), 10))
      isBusy(200)
      await waiting
      setImmediate(() => isBusy(200))
      await sleep(250)
    }
    assert.deepEqual([replica?.told, replica?.metric('cache_shared_up')], [[], 1])
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
