import type { ConfigKeyDescription } from '@slipway/chassis'
import type { Paint } from '../paint.ts'
import { groupByOwner } from './group-by-owner.ts'
import { renderTable } from './table.ts'

export interface ConfigTableOptions {
  paint: Paint
  /** Columns of the terminal. */
  width: number
}

const HEADINGS = ['KEY', 'MUST BE', 'DEFAULT', '', 'WHAT FOR']
/** Patterns and lists of choices are long; the description gets the room. */
const LIMITS = [undefined, 36, 24]

/** The config reference of a service, for people. */
export function renderConfigTable(keys: readonly ConfigKeyDescription[], { paint, width }: ConfigTableOptions): string {
  const rows = keys.map(({ key, expects, default: value, isRequired, isSecret, description }) => {
    const kind = [...(isRequired ? ['required'] : []), ...(isSecret ? ['secret'] : [])].join(', ')
    return [key, expects, value ?? '', kind, description]
  })
  // Aligned as one table, so that the groups have the same columns.
  const [headings = '', ...lines] = renderTable([HEADINGS, ...rows], { width, limits: LIMITS })
  const groups = groupByOwner(keys).map(({ title, members }) => ['', paint('bold', title), ...members.map((member) => lines[keys.indexOf(member)])])
  return `${[paint('dim', headings), ...groups.flat()].join('\n')}\n`
}
