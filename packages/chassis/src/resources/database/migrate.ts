import type { Logger } from '../../definition/logger.ts'
import type { MigrationStatus } from '../../definition/resource.ts'
import { type Connection, commandOf, type DatabaseSystem } from './connection.ts'
import { type CompiledMigration, compileMigration, type Migration } from './migration.ts'
import { MigrationError, migrationStatuses, pendingMigrations } from './migration-plan.ts'
import { lockSchema } from './schema-lock.ts'
import { createSchemaTables, forget, markApplied, markRunning, readApplied } from './schema-tables.ts'

export interface MigrateOptions {
  system: DatabaseSystem
  connection: Connection
  migrations: readonly Migration[]
  log: Logger
  /** Ends the wait for another process's run; a migration that has begun is finished. */
  signal: AbortSignal
}

/**
 * Applies what has not been applied yet, in order, under a lock that is held for the whole run: of ten replicas that start at once,
 * one migrates, and nine find nothing to do.
 *
 * @throws {MigrationError} when the database is newer than the code, a migration was changed, or one broke off half-way.
 */
export function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const { system, connection, log, signal } = options
  return withLock(options, async () => {
    await createSchemaTables(system, connection)
    const pending = pendingMigrations(compiledOf(options), await readApplied(system, connection), true)
    for (const one of pending) {
      signal.throwIfAborted()
      log.info(`Migrating: ${one.name}`)
      await apply(system, connection, one)
    }
    if (pending.length > 0) log.info(`The schema is at ${pending.at(-1)?.name}`)
    return pending.map(({ name }) => name)
  })
}

/** What has yet to be applied; nothing is changed. @throws {MigrationError} as {@link migrate} */
export async function pendingOf(options: MigrateOptions): Promise<readonly string[]> {
  const applied = await readApplied(options.system, options.connection)
  return pendingMigrations(compiledOf(options), applied, false).map(({ name }) => name)
}

/** Every migration, with its state; nothing is changed. */
export async function statusesOf(options: MigrateOptions): Promise<readonly MigrationStatus[]> {
  return migrationStatuses(compiledOf(options), await readApplied(options.system, options.connection))
}

/** Settles a migration that broke off half-way, by what somebody found out about it. @throws {MigrationError} when it did not */
export function settleMigration(options: MigrateOptions, name: string, as: 'applied' | 'forgotten'): Promise<void> {
  const { system, connection } = options
  return withLock(options, async () => {
    const row = (await readApplied(system, connection)).find((one) => one.name === name)
    if (row?.state !== 'running') {
      const finding = row ? `it is ${row.state}` : 'the database does not know of it'
      throw new MigrationError(`The migration ${name} did not break off half-way: ${finding}. Nothing was changed.`)
    }
    if (as === 'forgotten') return forget(system, connection, name)
    const known = compiledOf(options).find((one) => one.name === name)
    if (!known) throw new MigrationError(`This version does not know the migration ${name}. Run the version that brought it.`)
    await markApplied(system, connection, known)
  })
}

function compiledOf({ migrations, system }: MigrateOptions): CompiledMigration[] {
  return migrations.map((one) => compileMigration(one, system))
}

async function withLock<Result>({ system, connection, log, signal }: MigrateOptions, work: () => Promise<Result>): Promise<Result> {
  const unlock = await lockSchema(system, connection, log, signal)
  try {
    const result = await work()
    await unlock()
    return result
  } catch (error) {
    // Where unlocking fails too, the connection is gone, and the lock with it.
    await unlock(error).catch(() => {})
    throw error
  }
}

async function apply(system: DatabaseSystem, connection: Connection, migration: CompiledMigration): Promise<void> {
  if (system === 'mysql') return applyInSteps(system, connection, migration)
  // SQLite's lock is a transaction around the whole run.
  if (system === 'postgresql') await execute(connection, 'BEGIN')
  try {
    for (const { sql, parameters } of migration.statements) await execute(connection, sql, parameters)
    await markApplied(system, connection, migration)
    if (system === 'postgresql') await execute(connection, 'COMMIT')
  } catch (error) {
    if (system === 'postgresql') await execute(connection, 'ROLLBACK').catch(() => {})
    throw new Error(`The migration ${migration.name} failed and was rolled back: ${(error as Error).message}`, { cause: error })
  }
}

/** MariaDB and MySQL commit at each change of a table, so a migration that breaks off leaves a mark that says so. */
async function applyInSteps(system: DatabaseSystem, connection: Connection, migration: CompiledMigration): Promise<void> {
  await markRunning(system, connection, migration)
  for (const [index, { sql, parameters }] of migration.statements.entries()) {
    try {
      await execute(connection, sql, parameters)
    } catch (error) {
      const step = `statement ${index + 1} of ${migration.statements.length}`
      throw new Error(`The migration ${migration.name} broke off at ${step}: ${(error as Error).message}`, { cause: error })
    }
  }
  await markApplied(system, connection, migration)
}

async function execute(connection: Connection, sql: string, parameters: readonly unknown[] = []): Promise<void> {
  await connection.execute({ ...commandOf(sql), parameters }, Number.POSITIVE_INFINITY)
}
