import type { ResourceSchema, SchemaContext } from '../../definition/resource.ts'
import type { ConnectionPool } from './connection.ts'
import type { DatabaseConfig } from './database-config.ts'
import { parseDatabaseUrl } from './database-url.ts'
import { type MigrateOptions, migrate, pendingOf, settleMigration, statusesOf } from './migrate.ts'
import type { Migration } from './migration.ts'
import { MigrationError } from './migration-plan.ts'
import { openPool } from './open-pool.ts'

type Context = SchemaContext<DatabaseConfig>

export interface Schema {
  migrations: readonly Migration[]
  isReadOnly: boolean
}

/** Rejects until the schema is what the service needs; brings it there, where MIGRATE says so. */
export async function prepareSchema(context: Context, schema: Schema, pool: ConnectionPool): Promise<void> {
  if (!isOurs(context, schema)) return
  if (context.config.MIGRATE === 'start') {
    await onMigrationConnection(context, schema, migrate, pool)
    return
  }
  const pending = await onMigrationConnection(context, schema, pendingOf, pool)
  if (pending.length > 0) throw new MigrationError(`The database lacks ${pending.join(', ')}; run slipway migrate, or set MIGRATE=start.`)
}

/** What `slipway migrate` does. */
export function databaseSchema(schema: Schema): ResourceSchema<DatabaseConfig> {
  async function run<Result>(context: Context, otherwise: Result, work: (options: MigrateOptions) => Promise<Result>): Promise<Result> {
    return isOurs(context, schema) ? onMigrationConnection(context, schema, work) : otherwise
  }
  return {
    statuses: (context) => run(context, [], statusesOf),
    migrate: (context) => run(context, [], migrate),
    settle: (context, name, as) => run(context, undefined, (options) => settleMigration(options, name, as)),
  }
}

/** Somebody else's database has its own history; only the embedded default that stands in for it is made by the migrations. */
function isOurs({ config }: Context, { migrations, isReadOnly }: Schema): boolean {
  return migrations.length > 0 && !(isReadOnly && parseDatabaseUrl(config.DATABASE_URL).system !== 'sqlite')
}

/**
 * Runs `work` on a connection for migrating: straight to the server, and without a time limit for statements.
 * SQLite's is that of the pool, where there is one, for an in-memory database has no other.
 */
async function onMigrationConnection<Result>(
  context: Context,
  { migrations }: Schema,
  work: (options: MigrateOptions) => Promise<Result>,
  pool?: ConnectionPool,
): Promise<Result> {
  const { config, log, signal } = context
  const isShared = pool?.system === 'sqlite'
  const used = isShared
    ? pool
    : await openPool(context, config.DATABASE_DIRECT_URL ?? config.DATABASE_URL, { max: 1, statementTimeoutMilliseconds: 0 })
  try {
    const connection = await used.acquire('write', performance.now() + config.DATABASE_CONNECT_TIMEOUT * 1000)
    try {
      const result = await work({ system: used.system, connection, migrations, log, signal })
      connection.release()
      return result
    } catch (error) {
      // With it end a lock and a transaction that the failure left.
      connection.destroy()
      throw error
    }
  } finally {
    if (!isShared) await used.close()
  }
}
