import type { Compilable, Kysely } from 'kysely'
import { columnTypes } from './column-types.ts'
import type { Connection, DatabaseSystem, Row } from './connection.ts'
import type { CompiledMigration } from './migration.ts'
import type { AppliedMigration } from './migration-plan.ts'
import { queryBuilder } from './query-builder.ts'

/** The tables that the chassis keeps beside a service's own. */
export interface SchemaTables {
  slipway_migration: { name: string; checksum: string; state: string; at: string }
  /** First answers to requests with an `Idempotency-Key`; see the collection. */
  slipway_idempotency: { key: string; fingerprint: string; location: string; body: string; at: number }
}

const LENGTH = { name: 190, checksum: 64, state: 16, at: 32, key: 190, location: 1000 }

const IDEMPOTENCY_AT = 'slipway_idempotency_at'

export async function createSchemaTables(system: DatabaseSystem, connection: Connection): Promise<void> {
  const type = columnTypes[system]
  const { schema } = queryBuilder<SchemaTables>(system)
  await execute(
    connection,
    schema
      .createTable('slipway_migration')
      .ifNotExists()
      .addColumn('name', type.text(LENGTH.name), (column) => column.primaryKey().notNull())
      .addColumn('checksum', type.text(LENGTH.checksum), (column) => column.notNull())
      .addColumn('state', type.text(LENGTH.state), (column) => column.notNull())
      .addColumn('at', type.text(LENGTH.at), (column) => column.notNull()),
  )
  const idempotency = schema
    .createTable('slipway_idempotency')
    .ifNotExists()
    .addColumn('key', type.text(LENGTH.key), (column) => column.primaryKey().notNull())
    .addColumn('fingerprint', type.text(LENGTH.checksum), (column) => column.notNull())
    .addColumn('location', type.text(LENGTH.location), (column) => column.notNull())
    .addColumn('body', type.longText, (column) => column.notNull())
    .addColumn('at', type.integer, (column) => column.notNull())
  // Old keys are found by it, and removed. MySQL makes an index only if there is none in no other way.
  if (system === 'mysql') return void (await execute(connection, idempotency.addIndex(IDEMPOTENCY_AT, ['at'])))
  await execute(connection, idempotency)
  await execute(connection, schema.createIndex(IDEMPOTENCY_AT).ifNotExists().on('slipway_idempotency').column('at'))
}

/** Every migration that the database knows of; none where it has never been migrated. */
export async function readApplied(system: DatabaseSystem, connection: Connection): Promise<readonly AppliedMigration[]> {
  try {
    const query = tables(system).selectFrom('slipway_migration').select(['name', 'checksum', 'state', 'at']).orderBy('at')
    return (await execute(connection, query, true)) as unknown as AppliedMigration[]
  } catch (error) {
    if (isMissingTable(error)) return []
    throw error
  }
}

/** A migration that has begun. */
export async function markRunning(system: DatabaseSystem, connection: Connection, migration: CompiledMigration): Promise<void> {
  await execute(connection, tables(system).insertInto('slipway_migration').values(rowOf(migration, 'running')))
}

/** A migration that is done, whether it was marked as running or not. */
export async function markApplied(system: DatabaseSystem, connection: Connection, migration: CompiledMigration): Promise<void> {
  await forget(system, connection, migration.name)
  await execute(connection, tables(system).insertInto('slipway_migration').values(rowOf(migration, 'applied')))
}

export async function forget(system: DatabaseSystem, connection: Connection, name: string): Promise<void> {
  await execute(connection, tables(system).deleteFrom('slipway_migration').where('name', '=', name))
}

function rowOf({ name, checksum }: CompiledMigration, state: string) {
  return { name, checksum, state, at: new Date().toISOString() }
}

function tables(system: DatabaseSystem): Kysely<SchemaTables> {
  return queryBuilder(system)
}

async function execute(connection: Connection, query: Compilable, isRead = false): Promise<Row[]> {
  const { sql, parameters } = query.compile()
  const { rows } = await connection.execute({ sql, parameters, isRead, name: undefined }, Number.POSITIVE_INFINITY)
  return rows
}

/** PostgreSQL's undefined_table, MariaDB's ER_NO_SUCH_TABLE, and SQLite's text, which has no code of its own. */
function isMissingTable(error: unknown): boolean {
  const { code, errno, message } = error as Error & { code?: string; errno?: number }
  return code === '42P01' || errno === 1146 || message.startsWith('no such table')
}
