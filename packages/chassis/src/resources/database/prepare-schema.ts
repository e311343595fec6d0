import type { ResourceContext } from '../../definition/resource.ts'
import type { ConnectionPool } from './connection.ts'
import type { DatabaseConfig } from './database-config.ts'
import { type MigrateOptions, migrate, pendingOf } from './migrate.ts'
import type { Migration } from './migration.ts'
import { MigrationError } from './migration-plan.ts'
import { openPool } from './open-pool.ts'

type Context = ResourceContext<DatabaseConfig>

export interface Schema {
  migrations: readonly Migration[]
  isReadOnly: boolean
}

/** Rejects until the schema is what the service needs; brings it there, where MIGRATE says so. */
export async function prepareSchema(context: Context, { migrations, isReadOnly }: Schema, pool: ConnectionPool): Promise<void> {
  if (migrations.length === 0 || (isReadOnly && pool.system !== 'sqlite')) return
  if (context.config.MIGRATE === 'start') {
    await onMigrationConnection(context, pool, (place) => migrate({ ...place, migrations }))
    return
  }
  const pending = await onMigrationConnection(context, pool, ({ system, connection }) => pendingOf(system, connection, migrations))
  if (pending.length > 0) throw new MigrationError(`The database lacks ${pending.join(', ')}; run slipway migrate, or set MIGRATE=start.`)
}

/**
 * Runs `work` on a connection for migrating: straight to the server, and without a time limit for statements.
 * SQLite's is the pool's own, for an in-memory database has no other.
 */
export async function onMigrationConnection<Result>(
  context: Context,
  pool: ConnectionPool,
  work: (place: Omit<MigrateOptions, 'migrations'>) => Promise<Result>,
): Promise<Result> {
  const { config, log, signal } = context
  const isOwn = pool.system === 'sqlite'
  const used = isOwn ? pool : await openPool(context, config.DATABASE_DIRECT_URL ?? config.DATABASE_URL, { max: 1, statementTimeoutMilliseconds: 0 })
  const connection = await used.acquire('write', performance.now() + config.DATABASE_CONNECT_TIMEOUT * 1000).catch(async (error: unknown) => {
    if (!isOwn) await used.close()
    throw error
  })
  try {
    const result = await work({ system: pool.system, connection, log, signal })
    connection.release()
    return result
  } catch (error) {
    // Nobody knows what state it is in.
    connection.destroy()
    throw error
  } finally {
    if (!isOwn) await used.close()
  }
}
