import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testService } from '@slipway/chassis/testing'
import { sharedServer } from './databases/databases.ts'
import { startRedis } from './databases/start-redis.ts'
import { almanac } from './fixtures/almanac.ts'
import { startProcess } from './start-process.ts'

describe('replicas of a service that caches', () => {
  test('load once for a thousand equal requests, and end', { timeout: 60_000 }, async () => {
    const environment = { CACHE_URL: sharedServer('redis'), DEPLOYMENT: `almanac-${crypto.randomUUID()}` }
    const replicas = await Promise.all([1, 2, 3].map(() => startProcess('test/fixtures/almanac-main.ts', environment)))
    const requests = replicas.flatMap(({ url }) => Array.from({ length: 333 }, () => fetch(`${url}/days/today`)))
    const answers = await Promise.all(requests)
    assert.ok(answers.every(({ ok }) => ok))
    const metrics = await Promise.all(replicas.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()))
    const workings = metrics.map((text) => Number(/^almanac_workings_total (\d+)$/m.exec(text)?.[1] ?? 0))
    assert.equal(
      workings.reduce((sum, count) => sum + count),
      1,
    )
    assert.deepEqual(await Promise.all(replicas.map((replica) => replica.stop())), [0, 0, 0])
  })

  test('are ready and answer without Redis', { timeout: 60_000 }, async () => {
    const redis = await startRedis()
    redis.freeze()
    try {
      const service = await testService(almanac, { environment: { CACHE_URL: redis.url, WORK: '0' } })
      assert.equal((await service.request('/days/today')).status, 200)
      assert.equal((await service.request('/readyz')).status, 200)
      assert.equal(await service.metric('cache_shared_up', { resource: 'cache' }), 0)
      await service.stop()
    } finally {
      redis.thaw()
      await redis.stop()
    }
  })

  test('tell of Redis in the trace of a request that asks it, and never of a key', async () => {
    const service = await testService(almanac, {
      environment: { CACHE_URL: sharedServer('redis'), WORK: '0', DEPLOYMENT: `almanac-${crypto.randomUUID()}` },
    })
    for (const state of ['miss', 'hit']) {
      const answer = await service.request('/days/someday')
      assert.deepEqual(await answer.json(), { day: { name: 'someday', sunrise: '06:00' }, state })
    }
    await sleep(20)
    const spans = service.spans.filter(({ name }) => name === 'EVAL')
    assert.deepEqual(
      spans.map(({ kind, attributes }) => [kind, attributes]),
      [['client', { 'db.system.name': 'redis', 'db.operation.name': 'EVAL' }]],
    )
    assert.equal(await service.metric('cache_requests_total', { resource: 'cache', outcome: 'hit' }), 1)
    await service.stop()
  })

  test('tell in the trace that Redis did not answer', async () => {
    const redis = await startRedis()
    const service = await testService(almanac, { environment: { CACHE_URL: redis.url, WORK: '0' } })
    redis.freeze()
    try {
      assert.equal((await service.request('/days/today')).status, 200)
      assert.deepEqual(
        service.spans.filter(({ name }) => name === 'EVAL').map(({ isError }) => isError),
        [true],
      )
    } finally {
      redis.thaw()
      await service.stop()
      await redis.stop()
    }
  })
})
