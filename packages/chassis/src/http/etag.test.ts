import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkIfMatch, compressedEtag, etagOf, isNoneMatchHit } from './etag.ts'

const etag = etagOf({ wood: 'oak' })
const isMatch = (header: string | undefined, stored: string | undefined = etag): boolean => {
  try {
    checkIfMatch(header, stored)
    return true
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, 'precondition_failed')
    return false
  }
}

const MALFORMED = [
  'abc*',
  '*, "a"',
  `${etag}, *`,
  `junk ${etag}`,
  `${etag} junk`,
  `${etag}${etag}`,
  `"a" ${etag}`,
  `w/${etag}`,
  etag.slice(1),
  '**',
  '',
]

describe('If-Match', () => {
  test('names the tag, alone or in a list, whose elements may be empty', () => {
    for (const header of [etag, `"a", ${etag}`, `${etag},"b"`, `, "a,b" ,,\t${etag} ,`, compressedEtag(etag)]) assert.ok(isMatch(header), header)
    assert.ok(!isMatch('"a", "b"'))
  })

  test('is any tag only when it is the asterisk alone', () => {
    assert.ok(isMatch('*'))
    assert.ok(isMatch(' * '))
    for (const header of MALFORMED) assert.ok(!isMatch(header), header)
  })

  test('compares strongly', () => {
    assert.ok(!isMatch(`W/${etag}`))
    assert.ok(!isMatch('W/"a"', 'W/"a"'))
  })

  test('fails when nothing is stored, and holds when it is not there', () => {
    assert.throws(() => checkIfMatch('*', undefined), { code: 'precondition_failed' })
    assert.ok(isMatch(undefined))
  })
})

describe('If-None-Match', () => {
  test('compares weakly', () => {
    for (const header of [etag, `W/${etag}`, `"a", W/${etag}`, compressedEtag(etag), '*']) assert.ok(isNoneMatchHit(header, etag), header)
    assert.ok(isNoneMatchHit('"a"', 'W/"a"'))
    assert.ok(isNoneMatchHit('W/"a"', 'W/"a"'))
    assert.ok(!isNoneMatchHit(undefined, etag))
  })

  test('that is malformed names nothing', () => {
    for (const header of MALFORMED) assert.ok(!isNoneMatchHit(header, etag), header)
  })
})
