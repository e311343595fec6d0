import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Contender } from '../part.ts'
import { median } from './compare-costs.ts'
import { summariseVisits } from './summarise-visits.ts'
import type { Measurement } from './turns.ts'

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

test('a contender is compared with the baseline of its own operation and database', () => {
  const reading = { operation: 'read', database: 'SQLite' }
  const writing = { operation: 'write', database: 'SQLite' }
  const bounds = [{ to: 'bare', atMost: 1.5 }]
  const rows = summariseVisits(
    new Map([
      [{ ...contender('bare', true), ...reading }, [measurement(10)]],
      [{ ...contender('other'), ...reading, bounds }, [measurement(15)]],
      [{ ...contender('bare', true), ...writing }, [measurement(20)]],
      [{ ...contender('other'), ...writing, bounds }, [measurement(40)]],
    ]),
  )
  assert.deepEqual(
    rows.map(({ ratio }) => ratio),
    [1, 1.5, 1, 2],
  )
  assert.deepEqual(rows[1]?.verdicts, [{ to: 'bare', atMost: 1.5, ratio: 1.5, isHeld: true }])
  assert.equal(rows[3]?.verdicts[0]?.isHeld, false)
})

test('a bound to one that runs elsewhere is judged, and is not held where a row is invalid', () => {
  const other: Contender = { ...contender('other'), runtime: 'python' }
  const bounded: Contender = { ...contender('mine'), bounds: [{ to: 'other', atMost: 0.25 }] }
  const judge = (problems: string[]) =>
    summariseVisits(
      new Map([
        [bounded, [measurement(10)]],
        [other, [measurement(100, problems)]],
      ]),
    )[0]?.verdicts
  assert.deepEqual(judge([]), [{ to: 'other', atMost: 0.25, ratio: 0.1, isHeld: true }])
  assert.equal(judge(['It failed.'])?.[0]?.isHeld, false)
  assert.deepEqual(summariseVisits(new Map([[bounded, [measurement(10)]]]))[0]?.verdicts, [])
})

test('the median of an even count is between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5)
})
