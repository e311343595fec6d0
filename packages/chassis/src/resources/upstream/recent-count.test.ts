import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentCount } from './recent-count.ts'

test('what happened longer ago than the window does not count', () => {
  let now = 5
  const count = new RecentCount({ windowMilliseconds: 1000, now: () => now })
  for (; now < 1000; now += 10) count.add()
  now = 999
  assert.equal(count.total, 100)
  now = 1005
  assert.equal(count.total, 90, 'a tenth at a time')
  now = 1899
  assert.equal(count.total, 10)
  now = 1_000_000
  assert.equal(count.total, 0)
  count.add()
  assert.equal(count.total, 1)
  count.clear()
  assert.equal(count.total, 0)
})
