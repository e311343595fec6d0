import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenResource, Resource } from '../definition/resource.ts'
import type { ServiceLogger } from '../observe/logger.ts'
import { ResourceSet } from './open-resources.ts'

const meter = { histogram: () => () => ({ observe: () => {} }), gauge: () => {}, counter: () => {} }
const TIMING = {
  firstPause: 2,
  longestPause: 4,
  attemptTimeout: 100,
  checkInterval: 2,
  failedCheckInterval: 1,
  checkTimeout: 20,
  repeatInterval: 200,
  closeTimeout: 50,
}

interface Told {
  message: string
  error: unknown
}

function setOf(opens: Readonly<Record<string, Resource<unknown>['open']>>) {
  const told: Told[] = []
  const tell = (message: string, fields: { error?: unknown } = {}) => told.push({ message, error: fields.error })
  const logger = { debug: tell, info: tell, warn: tell, error: tell, fatal: tell, child: () => logger, flush: () => {} } as unknown as ServiceLogger
  const resourceOf = (open: Resource<unknown>['open']): Resource<unknown> => ({ kind: 'test', config: {}, network: () => [], open })
  const resources = Object.fromEntries(Object.entries(opens).map(([name, open]) => [name, resourceOf(open)]))
  return {
    set: new ResourceSet(resources, {}, { logger, deployment: 'test', version: '1.0.0', longestDeadline: 10, meterOf: () => meter }, TIMING),
    told,
    messages: () => told.map(({ message }) => message),
  }
}

const opened = (parts: Partial<OpenResource<unknown>> = {}): OpenResource<unknown> => ({
  handle: 'handle',
  check: async () => {},
  close: async () => {},
  ...parts,
})

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !condition(); await sleep(1)) assert.ok(Date.now() < end, 'waited for too long')
}

describe('opening', () => {
  test('is tried again until it succeeds, and is not ready meanwhile', async () => {
    let attempts = 0
    let isReachable = false
    const { set, messages } = setOf({
      slow: async () => {
        attempts++
        if (!isReachable) throw new Error('unreachable')
        return opened({ handle: 'slow handle' })
      },
      quick: async () => opened(),
    })
    assert.equal(set.isAttempted, false)
    const opening = set.open()
    await until(() => attempts > 2)
    assert.equal(set.isAttempted, true)
    assert.equal(set.isUp, false)
    assert.deepEqual(set.states(), { slow: 'down', quick: 'up' })
    assert.throws(() => set.get('slow'), { code: 'not_ready', retryAfter: 1 })
    isReachable = true
    await opening
    assert.equal(set.isUp, true)
    assert.deepEqual(set.states(), { slow: 'up', quick: 'up' })
    assert.deepEqual(set.handles(), { slow: 'slow handle', quick: 'handle' })
    assert.equal(messages()[0], 'slow could not be opened and is tried again')
    await set.close()
  })

  test('counts as attempted only when the first attempt of each is over', async () => {
    const gate = Promise.withResolvers<OpenResource<unknown>>()
    const { set } = setOf({ slow: () => gate.promise })
    const opening = set.open()
    await sleep(5)
    assert.equal(set.isAttempted, false)
    gate.resolve(opened())
    await opening
    assert.equal(set.isAttempted, true)
    await set.close()
  })

  test('counts as attempted, too, when the first attempt takes long', async () => {
    const gate = Promise.withResolvers<OpenResource<unknown>>()
    const { set } = setOf({ migrating: () => gate.promise })
    const opening = set.open()
    await until(() => set.isAttempted)
    assert.equal(set.isUp, false)
    gate.resolve(opened())
    await opening
    assert.equal(set.isUp, true)
    await set.close()
  })

  test('tells of the same failure at once, then now and then, and of another one at once', async () => {
    let reason = 'refused'
    let attempts = 0
    const { set, told } = setOf({
      gone: () => {
        attempts++
        return Promise.reject(new Error(reason))
      },
    })
    const refused = assert.rejects(set.open(), { name: 'AbortError' })
    await until(() => attempts > 8)
    assert.deepEqual(
      told.map(({ error }) => (error as Error).message),
      ['refused'],
    )
    reason = 'the schema is newer'
    const earlier = attempts
    await until(() => attempts > earlier + 2)
    assert.deepEqual(
      told.map(({ error }) => (error as Error).message),
      ['refused', 'the schema is newer'],
    )
    await until(() => told.length === 3)
    await set.close()
    await refused
  })

  test('of nothing is up at once', async () => {
    const { set } = setOf({})
    await set.open()
    assert.equal(set.isUp, true)
    await set.close()
  })
})

describe('checking', () => {
  test('is down after two failures in a row, and back after one success', async () => {
    let checks = 0
    let failsAt: (check: number) => boolean = () => false
    const check = async () => {
      if (failsAt(++checks)) throw new Error('gone')
    }
    const { set, told, messages } = setOf({ shop: async () => opened({ check }) })
    await set.open()
    failsAt = (number) => number % 2 === 0
    const start = checks
    await until(() => checks > start + 6)
    assert.deepEqual(messages(), [], 'one failure is not an outage')
    failsAt = () => true
    await until(() => !set.isUp)
    assert.deepEqual(set.states(), { shop: 'down' })
    assert.match(String(told[0]?.error), /gone/)
    assert.equal(set.get('shop').handle, 'handle', 'it is open all the same')
    failsAt = () => false
    await until(() => set.isUp)
    assert.deepEqual(messages(), ['shop is down', 'shop is back'])
    await set.close()
  })

  test('that never ends is a failure', async () => {
    const { set } = setOf({ shop: async () => opened({ check: () => new Promise(() => {}) }) })
    await set.open()
    await until(() => !set.isUp)
    await set.close()
  })
})

describe('closing', () => {
  test('is in reverse order, one after the other', async () => {
    const events: string[] = []
    const open = (name: string) => async () =>
      opened({
        close: async () => {
          events.push(`${name} closes`)
          await sleep(2)
          events.push(`${name} is closed`)
        },
      })
    const { set } = setOf({ first: open('first'), second: open('second') })
    await set.open()
    await set.close()
    assert.deepEqual(events, ['second closes', 'second is closed', 'first closes', 'first is closed'])
  })

  test('goes on behind one that throws, one that rejects and one that never ends, and logs them', async () => {
    const closed: string[] = []
    const { set, told } = setOf({
      last: async () => opened({ close: async () => void closed.push('last') }),
      stuck: async () => opened({ close: () => new Promise(() => {}) }),
      rejecting: async () => opened({ close: () => Promise.reject(new Error('no')) }),
      throwing: async () =>
        opened({
          close: () => {
            throw new Error('never')
          },
        }),
    })
    await set.open()
    await set.close()
    assert.deepEqual(closed, ['last'])
    assert.deepEqual(
      told.map(({ message, error }) => `${message}: ${(error as Error).message}`),
      ['throwing did not close: never', 'rejecting did not close: no', 'stuck did not close: It took longer than 0.05 s.'],
    )
  })

  test('waits for what is still opening and closes it, and the start does not go on', async () => {
    const events: string[] = []
    const { set } = setOf({
      slow: async ({ signal }) => {
        await sleep(10)
        events.push(signal.aborted ? 'opened at the end' : 'opened')
        return opened({ close: async () => void events.push('closed') })
      },
    })
    const refused = assert.rejects(set.open(), { name: 'AbortError' })
    await set.close()
    assert.deepEqual(events, ['opened at the end', 'closed'])
    await refused
  })

  test('does not wait for ever for what is still opening, which is closed when it comes', async () => {
    const gate = Promise.withResolvers<OpenResource<unknown>>()
    let closes = 0
    const { set, messages } = setOf({ stuck: () => gate.promise, other: async () => opened({ close: async () => void closes++ }) })
    const refused = assert.rejects(set.open(), { name: 'AbortError' })
    await set.close()
    assert.equal(closes, 1)
    assert.deepEqual(messages(), ['A resource was still opening at the end'])
    gate.resolve(opened({ close: async () => void closes++ }))
    await refused
    assert.equal(closes, 2)
  })

  test('ends the pause between two attempts', async () => {
    const { set } = setOf({ gone: () => Promise.reject(new Error('unreachable')) })
    const refused = assert.rejects(set.open(), { name: 'AbortError' })
    await until(() => set.isAttempted)
    await set.close()
    await refused
  })
})
