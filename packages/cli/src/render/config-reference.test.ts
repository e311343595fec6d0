import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderConfigReference } from './config-reference.ts'

const key = {
  key: 'BERTHS',
  owner: 'service',
  description: 'How many ships fit.',
  expects: 'a whole number',
  isSecret: false,
  isRequired: false,
  default: '2',
}
const rowOf = (change: Partial<typeof key>) =>
  renderConfigReference('ferry', [{ ...key, ...change }])
    .trimEnd()
    .split('\n')
    .at(-1)

describe('the config reference', () => {
  it('has a row for each key, with its default', () => {
    assert.equal(rowOf({}), '| `BERTHS` | How many ships fit. | a whole number | `2` |')
  })

  it('marks what is required, and what is secret', () => {
    const required = { ...key, isRequired: true, isSecret: true, default: undefined }
    assert.equal(
      renderConfigReference('ferry', [required]).trimEnd().split('\n').at(-1),
      '| `BERTHS` | How many ships fit. | a whole number; secret | **required** |',
    )
  })

  it('keeps what Markdown would read as its own', () => {
    const row = rowOf({ description: 'One of <a|b>,\nor *none*.', default: 'a|b' })
    assert.equal(row, '| `BERTHS` | One of \\<a\\|b\\>, or \\*none\\*. | a whole number | `a\\|b` |')
  })

  it('has a part for the service, each resource and the base', () => {
    const text = renderConfigReference('ferry', [key, { ...key, owner: 'db' }, { ...key, owner: 'base' }])
    assert.deepEqual(
      [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
      ["The service's own", 'The resource db', 'Every service'],
    )
  })
})
