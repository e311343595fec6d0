import type { PartResult } from '../run/run-part.ts'
import type { Row } from '../run/summarise-visits.ts'
import { fixed } from './fixed.ts'
import { verdictHeadings, verdictLines } from './verdict-lines.ts'

const headings = (baseline = 'baseline') => [
  'contender',
  'runtime',
  'µs CPU/request',
  'min–max',
  `to ${baseline}`,
  'of the lowest',
  'requests/s',
  'p99 ms',
  'resident MB',
]
/** The columns before this one are text. */
const FIRST_NUMBER = 2

interface Table {
  title: string
  lines: readonly (readonly string[])[]
  firstNumber: number
}

/** The tables for a terminal: one for each operation and database, then one of the bounds. */
export function renderTables(result: PartResult): string[] {
  return tablesOf(result).map(({ title, lines, firstNumber }) => {
    const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)))
    const pad = (cell: string, column: number) => (column < firstNumber ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))
    const padded = lines.map((cells) => cells.map(pad).join('  ').trimEnd())
    return [...(title === '' ? [] : [title]), ...padded].join('\n')
  })
}

/** The same for a Markdown file. */
export function renderMarkdownTables(result: PartResult): string[] {
  return tablesOf(result).map(({ title, lines: [first = [], ...rest], firstNumber }) => {
    const rule = first.map((_, column) => (column < firstNumber ? '---' : '---:'))
    const table = [first, rule, ...rest].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
    return title === '' ? table : `## ${title}\n\n${table}`
  })
}

function tablesOf({ rows, baseline }: PartResult): Table[] {
  const groups = Map.groupBy(rows, titleOf)
  const tables = [...groups].map(([title, members]) => ({ title, lines: [headings(baseline), ...members.map(toCells)], firstNumber: FIRST_NUMBER }))
  const verdicts = verdictLines(rows)
  if (verdicts.length > 0) tables.push({ title: 'Bounds', lines: [[...verdictHeadings], ...verdicts], firstNumber: verdictHeadings.indexOf('ratio') })
  return tables
}

function titleOf({ operation, database }: Row): string {
  return [operation, database].filter((word) => word !== undefined).join(', ')
}

function toCells(row: Row): string[] {
  const { label, runtime, microseconds, ratio, ratioOfLowest, requestsPerSecond, p99Milliseconds, residentMegabytes, problems } = row
  const { median, min, max } = microseconds
  return [
    problems.length > 0 ? `INVALID ${label}` : label,
    runtime,
    fixed(median, 1),
    `${fixed(min, 1)}–${fixed(max, 1)}`,
    ratio === undefined ? '' : fixed(ratio, 2),
    ratioOfLowest === undefined ? '' : fixed(ratioOfLowest, 2),
    fixed(requestsPerSecond, 0),
    fixed(p99Milliseconds, 2),
    fixed(residentMegabytes, 0),
  ]
}
