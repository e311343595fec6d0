import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RetryBudget } from './retry-budget.ts'

/** Every one of so many requests a second fails and wants to be repeated twice. Returns the retries. */
function failAll({ budget, clock, rate, seconds }: { budget: RetryBudget; clock: { now: number }; rate: number; seconds: number }): number {
  let retries = 0
  for (let request = 0; request < rate * seconds; request++) {
    clock.now += 1000 / rate
    budget.countRequest()
    for (let retry = 0; retry < 2; retry++) if (take(budget)) retries++
  }
  return retries
}

function take(budget: RetryBudget): boolean {
  const permit = budget.reserve()
  permit?.spend()
  return permit !== undefined
}

function newBudget() {
  const clock = { now: 0 }
  return { clock, budget: new RetryBudget(() => clock.now) }
}

describe('a retry budget', () => {
  test('lets a call be repeated where there is hardly any traffic', () => {
    const { budget, clock } = newBudget()
    budget.countRequest()
    assert.deepEqual([take(budget), take(budget), take(budget), take(budget)], [true, true, true, false])
    clock.now += 11_000
    assert.equal(budget.left, 3)
  })

  test('counts a retry that was given back as none, once', () => {
    const { budget } = newBudget()
    const permits = [budget.reserve(), budget.reserve(), budget.reserve()]
    assert.deepEqual([budget.left, budget.reserve()], [0, undefined])
    for (const permit of permits) permit?.giveBack()
    assert.equal(budget.left, 3)
    permits[0]?.giveBack()
    permits[0]?.spend()
    assert.equal(budget.left, 3)
  })

  for (const rate of [20, 200, 2000]) {
    test(`adds a fifth at most to ${rate} requests a second that all fail`, () => {
      const budgeted = newBudget()
      const retries = failAll({ ...budgeted, rate, seconds: 30 })
      assert.ok(retries >= 0.1 * rate * 30 && retries <= 0.2 * rate * 30, `${retries} retries`)
    })
  }

  test('does not spend what good seconds have saved up at the start of an outage', () => {
    const { budget, clock } = newBudget()
    for (let request = 0; request < 2000; request++) {
      clock.now += 5
      budget.countRequest()
    }
    assert.equal(budget.left, 3)
    const retries = failAll({ budget, clock, rate: 200, seconds: 0.5 })
    assert.ok(retries <= 20, `${retries} retries of 100 requests`)
  })
})
