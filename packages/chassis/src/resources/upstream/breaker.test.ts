import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Breaker } from './breaker.ts'
import { BadReply, Unavailable } from './upstream-error.ts'

const PROBE_AFTER_MILLISECONDS = 510

const usual = { tryMilliseconds: 1000, concurrency: 100 }

const succeed = async () => 'reply'
const fail = async () => Promise.reject(new Unavailable('status'))
const kindOf = (error: unknown) => (error instanceof Unavailable ? error.kind : error instanceof Error ? error.name : String(error))

async function outcome(breaker: Breaker, work: () => Promise<string>): Promise<string> {
  return breaker.run(work).catch(kindOf)
}

async function times(count: number, breaker: Breaker, work: () => Promise<string>): Promise<string> {
  let last = ''
  for (let time = 0; time < count; time++) last = await outcome(breaker, work)
  return last
}

describe('a circuit breaker', () => {
  test('opens when half of at least 20 tries failed, and not before', async () => {
    const breaker = new Breaker({ ...usual, isOn: true })
    await times(10, breaker, succeed)
    await times(9, breaker, fail)
    assert.equal(breaker.state, 'closed')
    await outcome(breaker, fail)
    assert.equal(breaker.state, 'open')
    assert.equal(await outcome(breaker, succeed), 'open')
  })

  for (const [concurrency, seconds] of [
    [1, 1],
    [2, 1],
    [1, 30],
    [10, 10],
    [100, 60],
  ] as const) {
    test(`opens while ${concurrency} calls at a time hang, each for ${seconds} s, and not at the first of them`, async () => {
      let now = 0
      const breaker = new Breaker({ isOn: true, tryMilliseconds: seconds * 1000, concurrency, now: () => now })
      let tries = 0
      // Their callers come back after a while.
      for (; breaker.state === 'closed' && tries < 1000; now += seconds * 1500) {
        for (let call = 0; call < concurrency && breaker.state === 'closed'; call++, tries++) await outcome(breaker, fail)
      }
      assert.equal(breaker.state, 'open')
      assert.ok(tries >= 5 && tries <= 20, `${tries} tries`)
    })
  }

  test('forgets what is older than five seconds', async () => {
    let now = 0
    const breaker = new Breaker({ ...usual, isOn: true, now: () => now })
    await times(1000, breaker, succeed)
    now = 6000
    await times(20, breaker, fail)
    assert.equal(breaker.state, 'open')
  })

  test('lets one call through after half a second, closes when it succeeds, and counts anew', async () => {
    const breaker = new Breaker({ ...usual, isOn: true })
    await times(20, breaker, fail)
    await sleep(PROBE_AFTER_MILLISECONDS)
    const { promise, resolve } = Promise.withResolvers<string>()
    const probe = breaker.run(() => promise)
    assert.equal(breaker.state, 'half-open')
    assert.equal(await outcome(breaker, succeed), 'open', 'nobody waits for the probe')
    resolve('reply')
    assert.equal(await probe, 'reply')
    assert.equal(breaker.state, 'closed')
    assert.equal(await times(19, breaker, fail), 'status')
    assert.equal(breaker.state, 'open', 'with the probe that succeeded these are 20')
  })

  test('stays open after a probe that fails, or that is aborted', async () => {
    const breaker = new Breaker({ ...usual, isOn: true })
    await times(20, breaker, fail)
    for (const error of [new Unavailable('timeout'), new DOMException('gone', 'AbortError')]) {
      await sleep(PROBE_AFTER_MILLISECONDS)
      assert.equal(await outcome(breaker, () => Promise.reject(error)), kindOf(error))
      assert.equal(breaker.state, 'open')
    }
  })

  test('is not opened by answers that are no good, by aborts, nor by what was under way before a recovery', async () => {
    const breaker = new Breaker({ ...usual, isOn: true })
    await times(50, breaker, () => Promise.reject(new BadReply('no')))
    await times(50, breaker, () => Promise.reject(new DOMException('gone', 'AbortError')))
    assert.equal(breaker.state, 'closed')
    const { promise, reject } = Promise.withResolvers<string>()
    const late = Array.from({ length: 50 }, () => outcome(breaker, () => promise))
    await times(60, breaker, fail)
    await sleep(PROBE_AFTER_MILLISECONDS)
    assert.equal(await outcome(breaker, succeed), 'reply')
    reject(new Unavailable('timeout'))
    assert.deepEqual(new Set(await Promise.all(late)), new Set(['timeout']))
    assert.equal(breaker.state, 'closed')
  })

  test('can be off', async () => {
    const breaker = new Breaker({ ...usual, isOn: false })
    assert.equal(await times(100, breaker, fail), 'status')
    assert.equal(breaker.state, 'closed')
  })
})
