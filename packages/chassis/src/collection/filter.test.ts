import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { contains, equals, foldCase } from './filter.ts'

test('every character is the same whatever its case and its form, and no more than three when it is folded', () => {
  const differing: string[] = []
  // Beyond the second plane nothing has a case.
  for (let code = 0; code <= 0x1ffff; code++) {
    const character = String.fromCodePoint(code)
    if (!character.isWellFormed()) continue
    const folded = foldCase(character)
    const others = [character.toLowerCase(), character.toUpperCase(), character.normalize('NFC'), character.normalize('NFD'), folded]
    if (others.some((other) => foldCase(other) !== folded) || [...folded].length > 3) differing.push(character)
  }
  assert.deepEqual(differing, [])
})

test('case is folded as people read it', () => {
  const alike = [
    ['Ó Briain', 'ó bRIAIN', 'O\u0301 Briain'],
    ['Sørensen', 'SØRENSEN'],
    ['Weiß', 'WEISS', 'WEIẞ', 'weiss'],
    ['İpek', 'i̇pek', 'İPEK'],
    ['Οδυσσεύς', 'ΟΔΥΣΣΕΎΣ', 'οδυσσεύσ'],
  ]
  for (const texts of alike) assert.equal(new Set(texts.map(foldCase)).size, 1, texts.join())
  const different = ['a', 'á', 'ä', 'b', 'o', 'ø', '0', 'ı̇x']
  assert.equal(new Set(different.map(foldCase)).size, different.length)
})

test('what a pattern would read as its own is escaped', () => {
  const { toValue, operator } = contains('name_folded', z.string())
  assert.equal(operator, 'like')
  for (const [text, pattern] of [
    ['Ab', '%ab%'],
    ['50%', '%50!%%'],
    ['_', '%!_%'],
    ['!%', '%!!!%%'],
    ['\\', '%\\%'],
    ["'--", "%'--%"],
    ['', '%%'],
  ])
    assert.equal(toValue(text), pattern)
})

test('a value is compared as the column holds it', () => {
  const schema = z.boolean()
  assert.equal(equals('survived', schema).toValue(true), true)
  assert.equal(equals('survived', schema, Number).toValue(true), 1)
})
