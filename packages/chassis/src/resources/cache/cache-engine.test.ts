import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { CacheCounts } from './cache-counts.ts'
import { CacheEngine } from './cache-engine.ts'
import { cachePolicy } from './cache-options.ts'
import { entryOf, keepMilliseconds } from './entry.ts'
import { FailureLog } from './failure-log.ts'
import { MemoryLayer } from './memory-layer.ts'

const policy = cachePolicy({ value: z.string(), fresh: 100, staleWhileRevalidate: 50, staleIfError: 200 })
const silent = { debug() {}, info() {}, warn() {}, error() {} }

function engineAt(clock: { now: number }) {
  const memory = new MemoryLayer<string>({ maxEntries: 10, maxBytes: 1000, lifetimes: policy })
  const closing = new AbortController().signal
  const failures = new FailureLog(silent)
  return new CacheEngine({
    policy,
    memory,
    shared: undefined,
    counts: new CacheCounts(),
    loadMilliseconds: 5000,
    failures,
    closing,
    now: () => clock.now,
  })
}

describe('the times of an entry', () => {
  test('lie where the policy says, and chance only makes fresh end earlier', () => {
    for (let count = 0; count < 200; count++) {
      const { freshUntil, staleUntil, errorUntil } = entryOf('', 1000, policy)
      assert.ok(freshUntil > 1000 + 90_000 - 1 && freshUntil <= 1000 + 100_000)
      assert.deepEqual([staleUntil, errorUntil], [151_000, 301_000])
    }
    assert.equal(keepMilliseconds(policy), 300_000)
  })

  test('say whether it is served, and how old it is', async () => {
    const clock = { now: 0 }
    const engine = engineAt(clock)
    let loads = 0
    const load = async () => `load ${++loads}`
    const fail = () => Promise.reject(new Error('It is away.'))
    const at = async (seconds: number, work = load) => {
      clock.now = seconds * 1000
      const { value, state, age } = await engine.get('key', work, undefined)
      return [value, state, age]
    }
    assert.deepEqual(await at(0), ['load 1', 'miss', 0])
    assert.deepEqual(await at(89.5), ['load 1', 'hit', 89])
    assert.deepEqual(await at(-5), ['load 1', 'hit', 0])
    assert.deepEqual(await at(101, fail), ['load 1', 'stale', 101])
    assert.deepEqual(await at(160, fail), ['load 1', 'stale', 160])
    await assert.rejects(at(301, fail), { message: 'It is away.' })
    assert.deepEqual(await at(302), ['load 2', 'miss', 0])
    assert.deepEqual(await at(403), ['load 2', 'stale', 101])
    await new Promise(setImmediate)
    assert.deepEqual(await at(403), ['load 3', 'hit', 0])
    assert.deepEqual(await at(302), ['load 3', 'stale', 0], 'the clock was put back')
    await new Promise(setImmediate)
    assert.deepEqual(await at(302), ['load 4', 'hit', 0])
  })
})
