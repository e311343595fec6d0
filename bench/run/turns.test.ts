import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sumUpTurns, type Turn, wantsTurn } from './turns.ts'

const turn = (microseconds: number, disturbance = 0): Turn => ({ requests: 100, seconds: 1, microseconds, p99Milliseconds: 2, disturbance })

test('costs and requests are added up, the dear turns with the cheap ones', () => {
  const { microsecondsPerRequest, requestsPerSecond } = sumUpTurns([turn(1000), turn(5000), { ...turn(3000), requests: 400 }], 3)
  assert.deepEqual([microsecondsPerRequest, requestsPerSecond], [15, 200])
})

test('a disturbed turn is repeated, and the quietest count', () => {
  const turns = [turn(9000, 0.5), turn(1000), turn(1000, 0.01)]
  assert.equal(wantsTurn(turns.slice(0, 2), 2), true)
  assert.equal(wantsTurn(turns, 2), false)
  assert.equal(sumUpTurns(turns, 2).microsecondsPerRequest, 10)
})

test('on a machine that is never quiet the turns come to an end, and say so', () => {
  const turns = Array.from({ length: 6 }, () => turn(1000, 0.4))
  assert.equal(wantsTurn(turns.slice(0, 5), 2), true)
  assert.equal(wantsTurn(turns, 2), false)
  assert.equal(sumUpTurns(turns, 2).disturbance, 0.4)
})

test('where nothing is pinned, every turn counts', () => {
  assert.equal(wantsTurn([turn(1, Number.NaN)], 1), false)
  assert.equal(sumUpTurns([turn(1000, Number.NaN)], 1).microsecondsPerRequest, 10)
})
