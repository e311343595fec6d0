import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderTable } from './table.ts'

describe('renderTable', () => {
  it('aligns columns, coloured or not', () => {
    assert.deepEqual(
      renderTable([
        ['a', 'bb', 'c'],
        ['\u001b[1maaa\u001b[22m', 'b', 'cc'],
      ]),
      ['a    bb  c', '\u001b[1maaa\u001b[22m  b   cc'],
    )
  })

  it('wraps long cells at blanks, and cuts what has none', () => {
    assert.deepEqual(
      renderTable(
        [
          ['key', 'one of red, green', 'x'],
          ['k', 'abcdefghijk', ''],
        ],
        { limits: [undefined, 10] },
      ),
      ['key  one of      x\n     red, green', 'k    abcdefghij\n     k'],
    )
  })

  it('gives the last column what the terminal has left', () => {
    const [row] = renderTable([['key', 'the quick brown fox jumps over the lazy dog']], { width: 40 })
    assert.equal(row, 'key  the quick brown fox jumps over the\n     lazy dog')
  })
})
