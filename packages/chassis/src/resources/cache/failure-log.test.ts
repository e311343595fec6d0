import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { FailureLog } from './failure-log.ts'

/** What is told, and by which clock. */
function openLog(context: TestContext) {
  const told: string[] = []
  const tell = (message: string) => void told.push(message)
  const clock = { now: 1000 }
  const { now } = performance
  performance.now = () => clock.now
  context.after(() => {
    performance.now = now
  })
  return { told, clock, failures: new FailureLog({ debug: tell, info: tell, warn: tell, error: tell }) }
}

test('a failure is told at once, and then every thirty seconds', (context) => {
  const { told, clock, failures } = openLog(context)
  for (let second = 0; second < 60; second++, clock.now += 1000) failures.tell('It failed', new Error('away'))
  assert.deepEqual(told, ['It failed', 'It failed'])
})

test('causes that take turns are told once each, and no more than six in thirty seconds', (context) => {
  const { told, clock, failures } = openLog(context)
  for (let count = 0; count < 1000; count++) failures.tell('It failed', new Error(count % 2 ? '502' : '503'))
  assert.equal(told.length, 2)
  for (let count = 0; count < 1000; count++) failures.tell('It failed', new Error(String(count)))
  assert.equal(told.length, 6)
  clock.now += 30_001
  failures.tell('It failed', new Error('502'))
  assert.equal(told.length, 7)
})

test('what comes and goes is told for as often, and its end only where its beginning was', (context) => {
  const { told, clock, failures } = openLog(context)
  failures.over('It works')
  assert.deepEqual(told, [])
  for (let count = 0; count < 1000; count++) {
    failures.tell('It failed', new Error('away'))
    failures.over('It works')
  }
  assert.deepEqual(told, Array.from({ length: 6 }, () => ['It failed', 'It works']).flat())
  clock.now += 30_001
  failures.tell('It failed', new Error('away'))
  failures.over('It works', 5000)
  assert.equal(told.length, 13)
  clock.now += 5001
  failures.over('It works', 5000)
  assert.equal(told.at(-1), 'It works')
})
