import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { cache, defineService } from '@slipway/chassis'
import { z } from 'zod'
import type { CallScope } from '../../definition/call-scope.ts'
import type { RequestScope } from '../../definition/resource.ts'
import { countedLoad, openNotes } from './open-cache.fixture.ts'

const note = async () => ({ text: 'loaded' })

describe('a cache in memory', () => {
  test('gives at once what it has, frozen', async () => {
    const { notes, metric, open } = await openNotes()
    assert.deepEqual(await notes.get('a', note), { value: { text: 'loaded' }, state: 'miss', age: 0 })
    const again = notes.get('a', note)
    assert.ok(!(again instanceof Promise))
    assert.equal(again.state, 'hit')
    assert.ok(Object.isFrozen(again.value))
    assert.deepEqual([metric('cache_requests_total', 'hit'), metric('cache_requests_total', 'miss'), metric('cache_loads_total', 'ok')], [1, 1, 1])
    assert.equal(metric('cache_shared_up'), undefined)
    await open.close()
  })

  test('loads once for a thousand who ask at once', async () => {
    const { notes, open } = await openNotes()
    const counted = countedLoad()
    const answers = await Promise.all(Array.from({ length: 1000 }, () => notes.get('a', counted.load)))
    assert.equal(counted.count, 1)
    assert.equal(new Set(answers.map(({ value }) => value)).size, 1)
    await open.close()
  })

  test('serves what is stale at once, and renews it once', async () => {
    const { notes, open, metric } = await openNotes({ fresh: 0.02, staleWhileRevalidate: 10 })
    const counted = countedLoad()
    await notes.get('a', counted.load)
    await sleep(30)
    const stale = Array.from({ length: 100 }, () => notes.get('a', counted.load))
    for (const answer of stale) assert.ok(!(answer instanceof Promise) && answer.state === 'stale' && answer.value.text === 'loaded 1')
    await sleep(30)
    assert.equal(counted.count, 2)
    assert.equal((await notes.get('a', counted.load)).value.text, 'loaded 2')
    assert.ok(Number(metric('cache_requests_total', 'stale')) >= 100)
    await open.close()
  })

  test('renews a few at a time, however many are due, and the others later', async () => {
    const { notes, open } = await openNotes({ fresh: 0.3, staleWhileRevalidate: 10 })
    const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`)
    for (const key of keys) await notes.get(key, note)
    await sleep(310)
    let [underWay, most, renewed] = [0, 0, 0]
    const renew = async () => {
      most = Math.max(most, ++underWay)
      await sleep(20)
      underWay--
      renewed++
      return { text: 'renewed' }
    }
    for (let round = 0; round < 3; round++) {
      for (const key of keys) assert.notEqual((await notes.get(key, renew)).state, 'miss')
      await sleep(40)
    }
    assert.equal(most, 20)
    assert.equal(renewed, 50)
    await open.close()
  })

  test('waits for a new value when the copy is too old', async () => {
    const { notes, open } = await openNotes({ fresh: 0.01, staleWhileRevalidate: 0, staleIfError: 0 })
    const counted = countedLoad(1)
    await notes.get('a', counted.load)
    await sleep(15)
    assert.deepEqual(await notes.get('a', counted.load), { value: { text: 'loaded 2' }, state: 'miss', age: 0 })
    await open.close()
  })

  test('serves a copy where a load fails, and lets a second pass before the next', async () => {
    const { notes, open, told } = await openNotes({ fresh: 0.01, staleWhileRevalidate: 0, staleIfError: 10 })
    await notes.get('a', note)
    await sleep(15)
    let attempts = 0
    const fail = async () => {
      attempts++
      throw new Error('It is away.')
    }
    for (let count = 0; count < 5; count++) assert.equal((await notes.get('a', fail)).state, 'stale')
    assert.equal(attempts, 1)
    await sleep(1010)
    assert.equal((await notes.get('a', fail)).state, 'stale')
    assert.equal(attempts, 2)
    assert.deepEqual(told, [{ level: 'warn', message: 'A load for the cache failed; the copy that there is stays in use' }])
    await open.close()
  })

  test('gives an error to all who wait, and keeps nothing of it', async () => {
    const { notes, open, metric } = await openNotes()
    let attempts = 0
    const fail = async () => {
      attempts++
      await sleep(5)
      throw new Error('It is away.')
    }
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => notes.get('a', fail)))
    assert.ok(answers.every(({ status }) => status === 'rejected'))
    assert.equal(attempts, 1)
    assert.equal((await notes.get('a', note)).value.text, 'loaded')
    assert.equal(metric('cache_loads_total', 'error'), 1)
    await open.close()
  })

  test('revalidates in the background without an error for anybody', async () => {
    const { notes, open, told } = await openNotes({ fresh: 0.01, staleWhileRevalidate: 10, staleIfError: 0 })
    await notes.get('a', note)
    await sleep(15)
    for (let count = 0; count < 3; count++) {
      assert.equal((await notes.get('a', () => Promise.reject(new Error('It is away.')))).state, 'stale')
      await sleep(5)
    }
    assert.equal(told.length, 1)
    await open.close()
  })

  test('gives a load its own time', async () => {
    const { notes, open } = await openNotes({ loadTimeout: 0.03 })
    let seen: CallScope | undefined
    const hang = (scope: CallScope) => {
      seen = scope
      assert.ok(scope.remainingTime > 0 && scope.remainingTime <= 30)
      return new Promise<never>(() => {})
    }
    await assert.rejects(async () => notes.get('a', hang), { code: 'resource_unavailable', retryAfter: 1 })
    assert.equal(seen?.signal.aborted, true)
    await open.close()
  })

  test('serves a copy to a request whose time is over before the load', async () => {
    const { open } = await openNotes({ fresh: 0.01, staleWhileRevalidate: 0, staleIfError: 10, config: { CACHE_LOAD_TIMEOUT: 0.8 } })
    const scope = (remainingTime: number) => ({ remainingTime, span: (_name: string, work: () => unknown) => work() }) as unknown as RequestScope
    const notesFor = (remainingTime: number) => open.forRequest?.(scope(remainingTime)) ?? open.handle
    await open.handle.get('a', note)
    await sleep(15)
    const hang = () => new Promise<never>(() => {})
    const startedAt = performance.now()
    const [hurried, patient] = [notesFor(200).get('a', hang), notesFor(2000).get('a', hang)]
    assert.equal((await hurried).state, 'stale')
    assert.ok(performance.now() - startedAt < 200)
    assert.equal((await patient).state, 'stale')
    assert.ok(performance.now() - startedAt > 750)
    // Without a copy there is nothing to serve before.
    await assert.rejects(async () => notesFor(150).get('b', hang), { code: 'resource_unavailable' })
    await open.close()
  })

  test('tells that loads succeed again, when none has failed for five seconds', async () => {
    const { notes, open, told } = await openNotes({ fresh: 0.01, staleWhileRevalidate: 0, staleIfError: 10 })
    await notes.get('a', note)
    await sleep(15)
    await notes.get('a', () => Promise.reject(new Error('It is away.')))
    await notes.get('b', note)
    assert.deepEqual(
      told.map(({ level }) => level),
      ['warn'],
    )
    const { now } = performance
    performance.now = () => now.call(performance) + 5000
    try {
      await notes.get('c', note)
    } finally {
      performance.now = now
    }
    assert.deepEqual(told.at(-1), { level: 'info', message: 'Loads for the cache succeed again' })
    await open.close()
  })

  test('keeps no more entries and bytes than it may', async () => {
    const { notes, metric, open } = await openNotes({ config: { CACHE_MAX_ENTRIES: 3, CACHE_MAX_BYTES: 1024 }, maxValueBytes: 600 })
    for (const key of ['a', 'b', 'c', 'd']) await notes.get(key, note)
    assert.deepEqual([metric('cache_entries'), metric('cache_evictions_total')], [3, 1])
    assert.equal(metric('cache_size_bytes'), 3 * (2 + '{"text":"loaded"}'.length))
    for (const key of ['e', 'f']) await notes.get(key, async () => ({ text: 'x'.repeat(580) }))
    assert.ok(Number(metric('cache_size_bytes')) <= 1024)
    await open.close()
  })

  test('returns a value that is too large and does not keep it', async () => {
    const { notes, metric, open } = await openNotes({ maxValueBytes: 20 })
    const large = async () => ({ text: 'x'.repeat(100) })
    assert.equal((await notes.get('a', large)).state, 'miss')
    assert.equal((await notes.get('a', large)).state, 'miss')
    assert.equal(metric('cache_entries'), 0)
    await open.close()
  })

  test('forgets a copy whose new value is too large', async () => {
    const { notes, open } = await openNotes({ fresh: 0.01, staleWhileRevalidate: 10, maxValueBytes: 100 })
    await notes.get('a', async () => ({ text: 'small' }))
    await sleep(15)
    const grown = async () => ({ text: 'x'.repeat(200) })
    assert.equal((await notes.get('a', grown)).state, 'stale')
    await sleep(5)
    const answer = await notes.get('a', grown)
    assert.deepEqual([answer.state, answer.value.text.length], ['miss', 200])
    await open.close()
  })

  test('ends what is being loaded when it closes', async () => {
    const { notes, open } = await openNotes()
    const waiting = Promise.resolve(notes.get('a', () => new Promise<never>(() => {})))
    const outcome = assert.rejects(waiting, { message: 'The cache is closed.' })
    await open.close()
    await outcome
  })
})

describe('the definition of a cache', () => {
  test('is refused with a sentence for each mistake', () => {
    assert.throws(() => cache({ value: z.string(), fresh: 0, maxValueBytes: 10.5 }), {
      name: 'DefinitionError',
      message: /Its fresh must be a number of seconds from 0\.001 to 31536000; it is 0\.\n {2}Its maxValueBytes must be a whole number of bytes/,
    })
  })

  test('has keys that stand beside those of every service', () => {
    const resource = cache({ value: z.string() })
    defineService({ name: 'notes', summary: 'Notes.', resources: { cache: resource } }, [])
    const config = { CACHE_URL: undefined, CACHE_MAX_ENTRIES: 1, CACHE_MAX_BYTES: 1, CACHE_LOAD_TIMEOUT: 1, CACHE_WAIT: 1 }
    assert.deepEqual(resource.network(config), [])
    assert.deepEqual(resource.network({ ...config, CACHE_URL: 'rediss://user:p%40ss@[::1]/2' }), [{ host: '::1', port: 6379 }])
    for (const url of ['http://host', 'redis://', 'redis://host/name', 'redis://:100%@host']) {
      assert.equal(resource.config.CACHE_URL.safeParse(url).success, false, url)
    }
  })
})
