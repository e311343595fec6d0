import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Contender } from '../part.ts'
import { median, summariseVisits } from './summarise-visits.ts'
import type { Measurement } from './visit-contender.ts'

const contender = (label: string, isBaseline = false): Contender => ({
  label,
  isBaseline,
  runtime: 'node',
  command: [],
  request: { path: '/' },
  expected: { status: 200, contentType: 'text/plain', body: '' },
})
const measurement = (microsecondsPerRequest: number, problems: string[] = []): Measurement => ({
  microsecondsPerRequest,
  problems,
  requestsPerSecond: 1,
  p99Milliseconds: 1,
  residentMegabytes: 1,
  disturbance: Number.NaN,
})

test('the ratio is taken within each round, so that a slow round of the machine does not count', () => {
  const visits = new Map([
    [contender('bare', true), [measurement(10), measurement(30), measurement(11)]],
    [contender('other'), [measurement(12), measurement(36), measurement(22)]],
  ])
  const [bare, other] = summariseVisits(visits)
  assert.equal(bare?.ratio, 1)
  assert.equal(other?.ratio, 1.2)
  assert.equal(other?.ratioOfLowest, 1.2)
  assert.deepEqual(other?.microseconds, { median: 22, min: 12, max: 36 })
})

test('a round without a cost leaves the others as they are, and is named', () => {
  const [row] = summariseVisits(new Map([[contender('bare', true), [measurement(10), measurement(Number.NaN, ['No request was answered.'])]]]))
  assert.deepEqual(row?.microseconds, { median: 10, min: 10, max: 10 })
  assert.equal(row?.ratio, 1)
  assert.deepEqual(row?.problems, ['Round 2: No request was answered.'])
})

test('the median of an even count is between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5)
})
