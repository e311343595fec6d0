import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { diffValues } from './diff-values.ts'

const diff = (before: unknown, after: unknown) => [...diffValues(before, after)]

describe('diffValues', () => {
  it('is empty for what is the same, in whatever order it was written', () => {
    assert.deepEqual(diff({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 }), [])
  })

  it('names each place, what was there and what will be', () => {
    assert.deepEqual(diff({ spec: { replicas: 2, host: 'a.b' } }, { spec: { replicas: 3, paused: true } }), [
      'spec.replicas: 2 -> 3',
      'spec.host: a.b -> (none)',
      'spec.paused: (none) -> true',
    ])
  })

  it('compares what has a name with its namesake', () => {
    const before = [
      { name: 'tmp', size: 1 },
      { name: 'data', size: 2 },
    ]
    const after = [{ name: 'secrets' }, { name: 'tmp', size: 3 }]
    assert.deepEqual(diff(before, after), ['[0]: (none) -> {"name":"secrets"}', '[1].size: 1 -> 3', '[1]: {"name":"data","size":2} -> (none)'])
  })

  it('compares other lists place by place', () => {
    assert.deepEqual(diff({ args: ['a', 'b'] }, { args: ['a', 'c', 'd'] }), ['args[1]: b -> c', 'args[2]: (none) -> d'])
  })

  it('shows text that is more than a word as JSON, and no more than the beginning of a long one', () => {
    assert.deepEqual(diff({ a: '' }, { a: 'two words' }), ['a: "" -> "two words"'])
    assert.match(diff({ a: 1 }, { a: 'x '.repeat(1000) })[0] ?? '', /^a: 1 -> "(x )+x…$/)
  })
})
