import type { MigratedService, ServiceMigration } from '@slipway/chassis'
import type { Paint, Style } from '../paint.ts'
import { renderTable } from './table.ts'

export interface MigrationTableOptions {
  /** Whether the states were asked for; otherwise something was done. */
  isStatus: boolean
  paint: Paint
}

const HEADINGS = ['MIGRATION', 'STATE', 'WHEN']
const STYLES: Readonly<Record<ServiceMigration['state'], Style>> = {
  applied: 'green',
  pending: 'yellow',
  running: 'red',
  changed: 'red',
  unknown: 'red',
}

/** What `slipway migrate` prints: a table of the states, or a sentence about what was done. */
export function renderMigrations({ applied, migrations }: MigratedService, { isStatus, paint }: MigrationTableOptions): string {
  if (migrations.length === 0) return 'There are no migrations.\n'
  if (!isStatus) return `${summaryOf(applied, migrations)}\n`
  const rows = migrations.map(({ name, state, at }) => [name, paint(STYLES[state], state), at ?? ''])
  const [headings = '', ...lines] = renderTable([HEADINGS, ...rows])
  return `${[paint('dim', headings), ...lines].join('\n')}\n`
}

function summaryOf(applied: readonly string[], migrations: readonly ServiceMigration[]): string {
  if (applied.length > 0) return `${applied.length} applied; the schema is up to date.`
  const open = migrations.filter(({ state }) => state !== 'applied').length
  return open === 0 ? 'The schema is up to date.' : `${open} to apply; run slipway migrate.`
}
