import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTraceState } from './trace-context.ts'

test('a tracestate is sent on as it came, or not at all', () => {
  for (const state of ['a=1', 'a=1,b=2', 'rojo=00f067aa0ba902b7 , t61rcwkgmze@vendor=x/y z', 'a=1;b', 'a=1,,b=2', '']) {
    assert.equal(parseTraceState(state), state)
  }
  const tooMany = Array.from({ length: 33 }, (_, index) => `k${index}=v`).join()
  for (const state of ['a', 'A=1', 'a=ü', 'a=1=2', 'a=', 'a=1\u0007', tooMany, `a=${'x'.repeat(600)}`, undefined]) {
    assert.equal(parseTraceState(state), undefined, state)
  }
})
