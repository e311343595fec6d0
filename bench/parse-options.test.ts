import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOptions } from './parse-options.ts'

test('options have defaults', () => {
  assert.deepEqual(parseOptions(['greeter']), {
    part: 'greeter',
    wantsHelp: false,
    options: { warmUp: 10, seconds: 5, rounds: 3, connections: 32, only: [], operation: [], database: [], json: false },
  })
})

test('what is written wrong is refused with what to write', () => {
  assert.throws(() => parseOptions(['greeter', '--rounds', '0']), /--rounds must be a whole number from 1 to 100; it is "0"/)
  assert.throws(() => parseOptions(['greeter', '--quick']), /Unknown option '--quick'\. See --help/)
  assert.throws(() => parseOptions(['greeter', 'shout']), /One part at a time/)
})
