const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/**
 * ASCII between ASCII, without carriage returns: nothing of it joins what stands beside it to one character. Only where it is long, for to begin to look
 * for graphemes anew costs as much as some of them.
 */
const PLAIN_RUN = /(?<=^|[\0-\f\x0e-\x7f])[\0-\f\x0e-\x7f]{32,}(?=[\0-\f\x0e-\x7f]|$)/g

/** A text from its end to its beginning, by what people see as characters (Unicode, annex 29): families of emoji and combining accents stay whole. */
export function reverse(text: string): string {
  const parts: string[] = []
  let end = 0
  // To look for graphemes costs thirty times as much as to turn round what is plain.
  for (const { 0: run, index } of text.matchAll(PLAIN_RUN)) {
    parts.push(turnGraphemes(text.slice(end, index)), turnPlain(run))
    end = index + run.length
  }
  parts.push(turnGraphemes(text.slice(end)))
  return parts.reverse().join('')
}

function turnGraphemes(text: string): string {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
    .reverse()
    .join('')
}

function turnPlain(text: string): string {
  return text.split('').reverse().join('')
}
