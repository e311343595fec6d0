import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countSpans } from './count-spans.ts'

/** A length-delimited field of less than 128 bytes. */
const field = (number: number, ...bytes: number[]) => [number * 8 + 2, bytes.length, ...bytes]
const span = (kind: number) => field(2, ...field(1, 1, 2, 3), ...field(5, 71, 69, 84), 6 * 8, kind, 7 * 8 + 1, 0, 0, 0, 0, 0, 0, 0, 0)

test('spans of all resources and scopes are counted, those of kind SERVER apart', () => {
  const scope = field(1, ...field(1, 120))
  const message = [...field(1, ...field(1, 9), ...field(2, ...scope, ...span(2), ...span(1))), ...field(1, ...field(2, ...span(2)))]
  assert.deepEqual(countSpans(Uint8Array.from(message)), { spans: 3, serverSpans: 2 })
})

test('an empty export has none', () => {
  assert.deepEqual(countSpans(new Uint8Array()), { spans: 0, serverSpans: 0 })
})

test('what was cut off is refused', () => {
  assert.throws(() => countSpans(Uint8Array.of(0x80)), /was cut off/)
})
