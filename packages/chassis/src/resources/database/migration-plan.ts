import type { MigrationStatus } from '../../definition/resource.ts'
import type { CompiledMigration } from './migration.ts'

/** A row of the table of migrations. */
export interface AppliedMigration {
  name: string
  checksum: string
  /** `applied`; on a database that can't roll back a change of a table, also `running`. */
  state: string
  at: string
}

/** The schema and the code don't fit together; the message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/**
 * What the code has and the database has not.
 *
 * @param isLocked whether nobody else can be migrating now
 * @throws {MigrationError} when the two can't be of one history
 */
export function pendingMigrations(
  migrations: readonly CompiledMigration[],
  applied: readonly AppliedMigration[],
  isLocked: boolean,
): readonly CompiledMigration[] {
  const byName = new Map(applied.map((row) => [row.name, row]))
  if (applied.length > 0 && !migrations.some(({ name }) => byName.has(name)))
    throw new MigrationError(
      `The database belongs to another service: it has ${applied[0]?.name}, and none of the migrations of this one. Give each service a database of its own.`,
    )
  for (const row of applied) checkRow(row, migrations, isLocked)
  const pending = migrations.filter(({ name }) => !byName.has(name))
  const last = migrations.findLast(({ name }) => byName.has(name))
  const overtaken = pending.find((one) => last !== undefined && migrations.indexOf(one) < migrations.indexOf(last))
  if (overtaken)
    throw new MigrationError(`The migration ${overtaken.name} stands before ${last?.name}, which is applied already; list new migrations last.`)
  return pending
}

/** Every migration that the code or the database knows, in the order of the code. */
export function migrationStatuses(migrations: readonly CompiledMigration[], applied: readonly AppliedMigration[]): readonly MigrationStatus[] {
  const byName = new Map(applied.map((row) => [row.name, row]))
  const known = migrations.map(({ name, checksum }): MigrationStatus => {
    const row = byName.get(name)
    if (!row) return { name, state: 'pending', at: undefined }
    if (row.state !== 'applied') return { name, state: 'running', at: row.at }
    return { name, state: row.checksum === checksum ? 'applied' : 'changed', at: row.at }
  })
  const unknown = applied.filter(({ name }) => !migrations.some((one) => one.name === name))
  return [...known, ...unknown.map(({ name, at }): MigrationStatus => ({ name, state: 'unknown', at }))]
}

function checkRow({ name, checksum, state }: AppliedMigration, migrations: readonly CompiledMigration[], isLocked: boolean): void {
  const known = migrations.find((one) => one.name === name)
  if (!known)
    throw new MigrationError(
      `The database is newer than the code: it has the migration ${name}, which this version does not know. Run the version that brought it, or a later one.`,
    )
  if (state !== 'applied' && !isLocked)
    throw new MigrationError(`The migration ${name} is running, or broke off half-way; slipway migrate tells which.`)
  if (state !== 'applied')
    throw new MigrationError(
      `The migration ${name} broke off half-way, and this database can't roll it back. Mend the schema by hand, then run slipway migrate with --applied ${name} when all of it is there, or --forget ${name} when nothing of it is.`,
    )
  if (known.checksum !== checksum)
    throw new MigrationError(
      `The migration ${name} was changed after it had been applied. Restore it as it was, and put the change into a new migration.`,
    )
}
