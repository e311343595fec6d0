import { stripVTControlCharacters } from 'node:util'

export interface TableOptions {
  /** Columns of the terminal: a longer cell is wrapped. @default no limit */
  width?: number
  /** The widest that a column may be, by its place. @default no limit */
  limits?: readonly (number | undefined)[]
}

const GAP = '  '
const NARROWEST_LAST_COLUMN = 30

/** A text for each row, its columns aligned, long cells wrapped at blanks. Cells that need no wrapping may be coloured. */
export function renderTable(rows: readonly (readonly string[])[], { width = Number.POSITIVE_INFINITY, limits = [] }: TableOptions = {}): string[] {
  const widths = columnWidths(rows, limits)
  const others = widths.slice(0, -1).reduce((sum, column) => sum + column + GAP.length, 0)
  widths[widths.length - 1] = Math.min(widths.at(-1) ?? 0, Math.max(width - others, NARROWEST_LAST_COLUMN))
  return rows.map((row) => renderRow(row, widths))
}

function columnWidths(rows: readonly (readonly string[])[], limits: readonly (number | undefined)[]): number[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, Math.min(visibleLength(cell), limits[column] ?? Number.POSITIVE_INFINITY))
    }
  }
  return widths
}

function renderRow(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, column) => wrap(cell, widths[column] ?? 0))
  const height = Math.max(...cells.map((lines) => lines.length))
  return Array.from({ length: height }, (_, line) => {
    const parts = cells.map((lines, column) => pad(lines[line] ?? '', widths[column] ?? 0))
    return parts.join(GAP).trimEnd()
  }).join('\n')
}

function wrap(cell: string, width: number): string[] {
  if (visibleLength(cell) <= width) return [cell]
  const lines: string[] = []
  for (const word of cell.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(...pieces(word, width))
  }
  return lines
}

/** A word that is wider than its column, such as a pattern, is cut. */
function pieces(word: string, width: number): string[] {
  return word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? ['']
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleLength(text)))
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length
}
