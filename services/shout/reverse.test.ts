import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reverse } from './reverse.ts'

const texts = [
  ['', ''],
  ['test', 'tset'],
  ['a\tb\nc', 'c\nb\ta'],
  // One line break stays one line break.
  ['one\r\ntwo', 'owt\r\neno'],
  ['\r\n\r\n', '\r\n\r\n'],
  ['a\r\n\u0301\r\nb', 'b\r\n\u0301\r\na'],
  ['Straße', 'eßartS'],
  // a sign that takes the digit behind it
  ['ab\u06001cd', 'dc\u06001ba'],
  // e with a combining acute, and a with two accents
  ['cafe\u0301', 'e\u0301fac'],
  ['a\u0302\u0323b', 'ba\u0302\u0323'],
  // a family, a flag, a skin tone, a keycap
  ['I \u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466} U', 'U \u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466} I'],
  ['\u{1F1E9}\u{1F1EA}\u{1F1EB}\u{1F1F7}', '\u{1F1EB}\u{1F1F7}\u{1F1E9}\u{1F1EA}'],
  ['\u{1F44B}\u{1F3FD}!', '!\u{1F44B}\u{1F3FD}'],
  ['1\uFE0F\u20E3 2', '2 1\uFE0F\u20E3'],
  // Hebrew with its vowels, Arabic, Korean in letters
  ['\u05E9\u05B8\u05DC\u05D5\u05B9\u05DD', '\u05DD\u05D5\u05B9\u05DC\u05E9\u05B8'],
  ['\u0645\u0631\u062D\u0628\u0627', '\u0627\u0628\u062D\u0631\u0645'],
  ['\u1112\u1161\u11AB\u1100\u1173\u11AF', '\u1100\u1173\u11AF\u1112\u1161\u11AB'],
] as const

test('a text is reversed by what people see as characters', () => {
  for (const [text, reversed] of texts) {
    assert.equal(reverse(text), reversed)
    assert.equal(reverse(reversed), text)
  }
})

test('what is mostly plain is reversed as all of it would be', () => {
  const characters = ['a', 'b', 'plain '.repeat(6), '\n', '\r', '\r\n', 'é', 'e\u0301', '\u{1F44B}\u{1F3FD}', '\u0600', '1', ' ']
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
  for (let index = 0; index < 2000; index++) {
    const text = Array.from({ length: 12 }, () => characters[Math.floor(Math.random() * characters.length)]).join('')
    const expected = Array.from(graphemes.segment(text), ({ segment }) => segment)
    assert.equal(reverse(text), expected.reverse().join(''), JSON.stringify(text))
  }
})

test('64 KiB are reversed before anybody notices', () => {
  for (const text of [
    'a'.repeat(65_536),
    `${'a'.repeat(65_530)}é`,
    '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}'.repeat(3640),
    'e\u0301'.repeat(21_845),
  ]) {
    const startedAt = performance.now()
    assert.equal(reverse(text).length, text.length)
    assert.ok(performance.now() - startedAt < 500)
  }
})

test('what is plain in short pieces costs hardly more than a pass over all of it', () => {
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
  const onePass = (text: string) => Array.from(graphemes.segment(text), ({ segment }) => segment).reverse()
  const leastMilliseconds = (work: (text: string) => unknown, text: string) =>
    Math.min(
      ...Array.from({ length: 20 }, () => {
        const startedAt = performance.now()
        work(text)
        return performance.now() - startedAt
      }),
    )
  for (const text of ['éaaa'.repeat(13_100), 'a\r\na'.repeat(16_380), `é${'a'.repeat(31)}`.repeat(2000), `é${'a'.repeat(34)}`.repeat(1800)]) {
    const [least, mine] = [leastMilliseconds(onePass, text), leastMilliseconds(reverse, text)]
    assert.ok(mine < 3 * least, `${JSON.stringify(text.slice(0, 4))}: ${mine} ms, in one pass ${least} ms`)
  }
})
