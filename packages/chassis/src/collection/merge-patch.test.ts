import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergePatch } from './merge-patch.ts'

/** The table of RFC 7396, appendix A. */
const cases: readonly [original: string, patch: string, result: string][] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', 'null', 'null'],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
]

for (const [original, patch, result] of cases) {
  test(`${patch} makes of ${original} ${result}`, () => {
    const target = JSON.parse(original)
    assert.deepEqual(mergePatch(target, JSON.parse(patch)), JSON.parse(result))
    assert.equal(JSON.stringify(target), original, 'the original stays as it was')
  })
}

test('names of methods and of prototypes are members like any other', () => {
  const patch = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":null}'
  const merged = mergePatch({ kept: 1 }, JSON.parse(patch)) as object
  assert.equal(JSON.stringify(merged), '{"kept":1,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
  assert.equal(Object.getPrototypeOf(merged), Object.prototype)
  assert.equal(({} as { polluted?: number }).polluted, undefined)
  assert.deepEqual(mergePatch(JSON.parse(patch), { constructor: null, ['__proto__']: null }), { toString: null })
})
