import { compileMigration, type Migration } from '../../packages/chassis/src/resources/database/migration.ts'
import { openConnection } from './open-connection.ts'

/** Makes the tables of a service that reads somebody else's database, and so doesn't make them itself. */
export async function applyMigrations(url: string, migrations: readonly Migration[]): Promise<void> {
  const connection = await openConnection(url)
  try {
    for (const migration of migrations)
      for (const { sql, parameters } of compileMigration(migration, connection.system).statements) await connection.run(sql, parameters)
  } finally {
    await connection.close()
  }
}
