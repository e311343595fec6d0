import type { Logger } from '../../definition/logger.ts'
import type { Connection, DatabaseSystem } from './connection.ts'
import { type CompiledMigration, compileMigration, type Migration } from './migration.ts'
import { pendingMigrations } from './migration-plan.ts'
import { lockSchema } from './schema-lock.ts'
import { createSchemaTables, markApplied, markRunning, readApplied } from './schema-tables.ts'

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
export async function migrate({ system, connection, migrations, log, signal }: MigrateOptions): Promise<readonly string[]> {
  const compiled = migrations.map((one) => compileMigration(one, system))
  const unlock = await lockSchema(system, connection, log, signal)
  try {
    await createSchemaTables(system, connection)
    const pending = pendingMigrations(compiled, await readApplied(system, connection))
    for (const one of pending) {
      signal.throwIfAborted()
      log.info(`Migrating: ${one.name}`)
      await apply(system, connection, one)
    }
    if (pending.length > 0) log.info(`The schema is at ${pending.at(-1)?.name}`)
    await unlock()
    return pending.map(({ name }) => name)
  } catch (error) {
    // Where unlocking fails too, the connection is gone, and the lock with it.
    await unlock(error).catch(() => {})
    throw error
  }
}

/** What has yet to be applied; nothing is changed. @throws {MigrationError} as {@link migrate} */
export async function pendingOf(system: DatabaseSystem, connection: Connection, migrations: readonly Migration[]): Promise<readonly string[]> {
  const compiled = migrations.map((one) => compileMigration(one, system))
  return pendingMigrations(compiled, await readApplied(system, connection)).map(({ name }) => name)
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
  await connection.execute({ sql, parameters, isRead: false, name: undefined }, Number.POSITIVE_INFINITY)
}
