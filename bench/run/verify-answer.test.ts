import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAsExpected } from './verify-answer.ts'

const head = { status: 200, contentType: 'application/json' }

test('a text must be the very same', () => {
  assert.equal(isAsExpected('{"a":1}', { ...head, body: '{"a":1}' }), true)
  assert.equal(isAsExpected('{"a": 1}', { ...head, body: '{"a":1}' }), false)
})

test('JSON must have the same members and values, in any order and spelling', () => {
  assert.equal(isAsExpected('{"b": 26.0, "a": null}\n', { ...head, json: { a: null, b: 26 } }), true)
  assert.equal(isAsExpected('{"a":null,"b":26,"c":1}', { ...head, json: { a: null, b: 26 } }), false)
  assert.equal(isAsExpected('{"a":"1"}', { ...head, json: { a: 1 } }), false)
  assert.equal(isAsExpected('no JSON', { ...head, json: { a: 1 } }), false)
})

test('what the server makes must be there, and be a text', () => {
  assert.equal(isAsExpected('{"a":1,"id":"x"}', { ...head, json: { a: 1 }, made: ['id'] }), true)
  assert.equal(isAsExpected('{"a":1,"id":7}', { ...head, json: { a: 1 }, made: ['id'] }), false)
  assert.equal(isAsExpected('{"a":1}', { ...head, json: { a: 1 }, made: ['id'] }), false)
})
