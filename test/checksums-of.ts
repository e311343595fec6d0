import type { Migration } from '@slipway/chassis'
import { compileMigration } from '../packages/chassis/src/resources/database/migration.ts'

/** For a test that holds a service's migrations to what they were when they were first applied somewhere. */
export const REMEDY =
  'A migration that has been applied must never change, or no database that has it will be served again. Restore it, and put the change into a new one; only for a new migration, add its figures here.'

/** The checksum of each migration on each kind of database, by its name. */
export function checksumsOf(migrations: readonly Migration[]): Record<string, Record<string, string>> {
  return Object.fromEntries(
    migrations.map((migration) => [
      migration.name,
      Object.fromEntries((['sqlite', 'postgresql', 'mysql'] as const).map((system) => [system, compileMigration(migration, system).checksum])),
    ]),
  )
}
