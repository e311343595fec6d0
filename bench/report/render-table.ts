import type { PartResult } from '../run/run-part.ts'
import type { Row } from '../run/summarise-visits.ts'

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

/** The table for a terminal. */
export function renderTable({ rows, baseline }: PartResult): string {
  const lines = [headings(baseline), ...rows.map(toCells)]
  const widths = headings().map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)))
  const padded = lines.map((cells) => cells.map((cell, column) => pad(cell, column, widths[column] ?? 0)))
  return padded.map((cells) => cells.join('  ').trimEnd()).join('\n')
}

/** The same for a Markdown file. */
export function renderMarkdownTable({ rows, baseline }: PartResult): string {
  const rule = headings().map((_, column) => (column < FIRST_NUMBER ? '---' : '---:'))
  return [headings(baseline), rule, ...rows.map(toCells)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
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

/** A row without a single measurement has no numbers. */
function fixed(number: number, digits: number): string {
  return Number.isFinite(number) ? number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) : '?'
}

const pad = (cell: string, column: number, width: number) => (column < FIRST_NUMBER ? cell.padEnd(width) : cell.padStart(width))
