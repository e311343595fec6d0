import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseImageReference, showImageReference } from './image-reference.ts'

const DIGEST = `sha256:${'0a'.repeat(32)}`

describe('the name of an image', () => {
  for (const [text, parts] of [
    ['greeter:1', { repository: 'greeter', tag: '1' }],
    ['localhost/slipway/greeter:0.1.0-3e682d6a0714', { repository: 'localhost/slipway/greeter', tag: '0.1.0-3e682d6a0714' }],
    ['localhost:5000/greeter:v1', { repository: 'localhost:5000/greeter', tag: 'v1' }],
    [`registry.example.com/team/greeter@${DIGEST}`, { repository: 'registry.example.com/team/greeter', digest: DIGEST }],
    [`greeter:1@${DIGEST}`, { repository: 'greeter', tag: '1', digest: DIGEST }],
  ] as const) {
    it(`is taken apart and put together: ${text}`, () => {
      assert.deepEqual(parseImageReference(text), parts)
      assert.equal(showImageReference(parts), text)
    })
  }

  for (const text of [
    'greeter',
    'localhost:5000/greeter',
    'greeter:',
    'Greeter:1',
    '--help:1',
    'greeter:a b',
    `greeter@sha256:0a`,
    '',
    `a${'/a'.repeat(5_000)}`,
  ])
    it(`is refused: ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.throws(() => parseImageReference(text), { name: 'CliError', exitCode: 2 })
    })
})
