import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServiceError } from '../definition/service-error.ts'
import { type PagePosition, readCursor, type SortValues, writeCursor } from './cursor.ts'

const TEXT: SortValues = { holds: 'string' }
const NUMBER: SortValues = { holds: 'number', isNullable: true }

function assertRefused(sort: string, cursor: string, values: SortValues | undefined, message: RegExp): void {
  assert.throws(
    () => readCursor(sort, cursor, values),
    (error: ServiceError) => error.code === 'validation_failed' && error.errors?.[0]?.path === 'query.cursor' && message.test(error.message),
    cursor,
  )
}

describe('a cursor', () => {
  const cases: [sort: string, values: SortValues | undefined, at: PagePosition][] = [
    ['', undefined, { position: 1, value: null }],
    ['name', TEXT, { position: Number.MAX_SAFE_INTEGER, value: `O'Dwyer "ß" \u0000 🚢` }],
    ['-name', TEXT, { position: 2, value: '' }],
    ['age', NUMBER, { position: 3, value: 0.1 + 0.2 }],
    ['age', NUMBER, { position: 3, value: -5e-324 }],
    ['-age', NUMBER, { position: 4, value: null }],
  ]
  for (const [sort, values, at] of cases) {
    test(`of ${JSON.stringify(sort)} at ${JSON.stringify(at)} is read as it was written`, () => {
      const cursor = writeCursor(sort, at)
      assert.match(cursor, /^[\w-]+$/, 'it needs no escape in a URL')
      assert.deepEqual(readCursor(sort, cursor, values), at)
    })
  }

  test('of another sort is refused, and says so', () => {
    const cursor = writeCursor('age', { position: 1, value: 30 })
    for (const sort of ['', '-age', 'fare']) assertRefused(sort, cursor, NUMBER, /another sort/)
  })

  test('that is cut off, or has something added, is refused', () => {
    const cursor = writeCursor('age', { position: 12, value: 30 })
    for (let length = 0; length < cursor.length; length++) assertRefused('age', cursor.slice(0, length), NUMBER, /Link header/)
    for (const added of ['=', 'A', '!', ' ', '\n', cursor]) assertRefused('age', cursor + added, NUMBER, /Link header/)
  })

  test('that nobody wrote is refused', () => {
    const forged = [
      '',
      'x',
      'null',
      '[]',
      '{}',
      '"age"',
      '[1]',
      '["age"]',
      '["age",1]',
      '["age","1",30]',
      '["age",1.5,30]',
      '["age",1,30,1]',
      '["age", 1,30]',
    ]
    for (const text of forged) assertRefused('age', Buffer.from(text).toString('base64url'), NUMBER, /Link header/)
    for (const value of ['"30"', 'true', '[30]', '{}', '1e999'])
      assertRefused('age', Buffer.from(`["age",1,${value}]`).toString('base64url'), NUMBER, /Link/)
    for (const value of ['30', 'null']) assertRefused('name', Buffer.from(`["name",1,${value}]`).toString('base64url'), TEXT, /Link/)
    assertRefused('', Buffer.from('["",1,"x"]').toString('base64url'), undefined, /Link/)
  })
})
