import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askRedis } from '../../../../../test/databases/ask-redis.ts'
import { sharedServer } from '../../../../../test/databases/databases.ts'
import { countedLoad } from './open-cache.fixture.ts'
import { nameOf, openReplicas, startOwnRedis, until } from './open-replicas.fixture.ts'

const url = sharedServer('redis')
const hang = () => new Promise<never>(() => {})

/** What a request comes to, and how long it takes. */
async function timed<Result>(work: () => Result | Promise<Result>): Promise<{ result: Result; milliseconds: number }> {
  const startedAt = performance.now()
  return { result: await work(), milliseconds: performance.now() - startedAt }
}

describe('replicas that wait for one another', () => {
  test('load at once what turns out to be too large to be shared', async () => {
    const { replicas, close } = await openReplicas(4, url, { loadTimeout: 2, maxValueBytes: 20 })
    const large = countedLoad(400, 'x'.repeat(30))
    const ask = () => Promise.all(replicas.map(({ notes }) => timed(() => notes.get('a', large.load))))
    for (const { milliseconds } of await ask()) assert.ok(milliseconds < 1200, `${milliseconds} ms`)
    for (const { milliseconds } of await ask()) assert.ok(milliseconds < 700, `known to be too large: ${milliseconds} ms`)
    const small = countedLoad(1)
    assert.equal((await replicas[0]?.notes.get('a', small.load))?.state, 'miss')
    await until(async () => (await replicas[1]?.notes.get('a', small.load))?.state === 'hit')
    assert.equal(small.count, 1, 'is shared when it is small enough')
    await close()
  })

  test('do so for half of their time, then load by themselves, and share that', async () => {
    const { replicas, close } = await openReplicas(3, url, { loadTimeout: 1 })
    const [sick, well, other] = replicas
    const failed = assert.rejects(async () => sick?.notes.get('a', hang), { code: 'resource_unavailable' })
    await sleep(30)
    const { result, milliseconds } = await timed(() => well?.notes.get('a', countedLoad(200).load))
    assert.equal(result?.value.text, 'loaded 1')
    assert.ok(milliseconds > 450 && milliseconds < 900, `${milliseconds} ms`)
    assert.equal((await other?.notes.get('a', hang))?.value.text, 'loaded 1')
    await failed
    await close()
  })

  test('take over a lock that nobody can have taken', async () => {
    const { replicas, deployment, close } = await openReplicas(1, url, { loadTimeout: 3 })
    for (const [key, command] of Object.entries({
      'without an end': 'SET LOCK somebody',
      'for an hour': 'SET LOCK somebody PX 3600000',
      'no text': 'RPUSH LOCK x',
      'not shared, for ever': 'SET LOCK not-shared',
    })) {
      const lock = `${nameOf(deployment, key)}:lock`
      await askRedis(url, command.replace('LOCK', lock))
      const { milliseconds } = await timed(() => replicas[0]?.notes.get(key, countedLoad(1).load))
      assert.ok(milliseconds < 700, `${key}: ${milliseconds} ms`)
      await until(async () => (await askRedis(url, `EXISTS ${nameOf(deployment, key)} ${lock}`)).includes(':1'))
    }
    await close()
  })
})

describe('an entry in Redis', () => {
  test('that says two times is asked for a few times, not without end', async (context) => {
    const { url } = await startOwnRedis(context)
    const { replicas, deployment, close } = await openReplicas(1, url, { fresh: 1, staleWhileRevalidate: 0, staleIfError: 0, loadTimeout: 1 })
    const asked = async () => Number(/cmdstat_eval:calls=(\d+)/.exec(await askRedis(url, 'INFO commandstats'))?.[1] ?? 0)
    await askRedis(url, `SET ${nameOf(deployment, 'a')} '{"storedAt":${Date.now()},"storedAt":1,"value":{"text":"old"}}'`)
    assert.equal((await replicas[0]?.notes.get('a', countedLoad(1).load))?.value.text, 'old')
    await askRedis(url, `SET ${nameOf(deployment, 'b')} '{"storedAt":1,"storedAt":2,"value":{"text":"old"}}'`)
    assert.equal((await replicas[0]?.notes.get('b', countedLoad(1).load))?.value.text, 'loaded 1')
    assert.ok((await asked()) < 8, `${await asked()} commands`)
    await close()
  })

  test('that is larger than a value may be is not read, and replaced', async () => {
    const { replicas, deployment, close } = await openReplicas(1, url, { maxValueBytes: 100 })
    await askRedis(url, `SET ${nameOf(deployment, 'a')} '{"storedAt":${Date.now()},"value":{"text":"${'x'.repeat(400)}"}}'`)
    assert.equal((await replicas[0]?.notes.get('a', countedLoad(1).load))?.value.text, 'loaded 1')
    await until(async () => (await askRedis(url, `GET ${nameOf(deployment, 'a')}`)).includes('loaded 1'))
    await close()
  })

  test('is of one key only, also where keys are no text', async () => {
    const { replicas, close } = await openReplicas(2, url)
    const [first, second] = replicas
    await first?.notes.get('\ud800', async () => ({ text: 'high' }))
    await sleep(30)
    assert.equal((await second?.notes.get('\udc00', async () => ({ text: 'low' })))?.value.text, 'low')
    assert.equal((await second?.notes.get('\ud800', hang))?.value.text, 'high')
    await close()
  })
})
