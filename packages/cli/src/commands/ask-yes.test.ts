import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { askYes } from './ask-yes.ts'

describe('a question on a terminal', () => {
  for (const [name, typed, expected] of [
    ['yes', 'yes\r', true],
    ['y', ' Y \r', true],
    ['nothing', '\r', false],
    ['something else', 'yesterday\r', false],
    ['Ctrl-C', '\x03', false],
    ['Ctrl-D', '\x04', false],
  ] as const) {
    it(`is ${expected ? 'agreed to' : 'declined'} by ${name}`, { timeout: 5_000 }, async () => {
      const input = new PassThrough()
      const answer = askYes('Remove it? [y/N] ', { input, output: new PassThrough().resume() })
      input.write(typed)
      assert.equal(await answer, expected)
    })
  }

  it('is declined by a terminal that goes away', { timeout: 5_000 }, async () => {
    const input = new PassThrough()
    const answer = askYes('Remove it? [y/N] ', { input, output: new PassThrough().resume() })
    input.end()
    assert.equal(await answer, false)
  })
})
