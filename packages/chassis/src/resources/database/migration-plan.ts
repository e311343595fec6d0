import type { CompiledMigration } from './migration.ts'

/** A row of the table of migrations. */
export interface AppliedMigration {
  name: string
  checksum: string
  state: string
}

/** The schema and the code don't fit together; the message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/** What the code has and the database has not. @throws {MigrationError} when the two can't be of one history */
export function pendingMigrations(migrations: readonly CompiledMigration[], applied: readonly AppliedMigration[]): readonly CompiledMigration[] {
  const byName = new Map(applied.map((row) => [row.name, row]))
  for (const row of applied) checkRow(row, migrations)
  const pending = migrations.filter(({ name }) => !byName.has(name))
  const last = migrations.findLast(({ name }) => byName.has(name))
  const overtaken = pending.find((one) => last !== undefined && migrations.indexOf(one) < migrations.indexOf(last))
  if (overtaken)
    throw new MigrationError(`The migration ${overtaken.name} stands before ${last?.name}, which is applied already; list new migrations last.`)
  return pending
}

function checkRow({ name, checksum, state }: AppliedMigration, migrations: readonly CompiledMigration[]): void {
  const known = migrations.find((one) => one.name === name)
  if (!known)
    throw new MigrationError(
      `The database is newer than the code: it has the migration ${name}, which this version does not know. Run the version that brought it, or a later one.`,
    )
  if (state !== 'applied')
    throw new MigrationError(
      `The migration ${name} broke off half-way, and this database can't roll it back. Mend the schema by hand, then run slipway migrate with --applied ${name} when all of it is there, or --forget ${name} when nothing of it is.`,
    )
  if (known.checksum !== checksum)
    throw new MigrationError(
      `The migration ${name} was changed after it had been applied. Restore it as it was, and put the change into a new migration.`,
    )
}
