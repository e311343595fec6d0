import type { Row } from '../run/summarise-visits.ts'
import { fixed } from './fixed.ts'

export const verdictHeadings = ['operation', 'database', 'contender', 'runtime', 'to', 'ratio', 'at most', ''] as const

/** A line for each bound that was judged. */
export function verdictLines(rows: readonly Row[]): string[][] {
  return rows.flatMap(({ operation = '', database = '', label, runtime, verdicts }) =>
    verdicts.map(({ to, ratio, atMost, isHeld }) => {
      return [operation, database, label, runtime, to, fixed(ratio, 2), fixed(atMost, 2), isHeld ? 'held' : 'MISSED']
    }),
  )
}
