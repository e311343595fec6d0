import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { type ColumnTypes, columnTypes } from './column-types.ts'
import type { DatabaseSystem } from './connection.ts'
import { compileQuery, type Query, queryBuilder } from './query-builder.ts'

export interface MigrationContext {
  /** Kysely, to put statements together with. */
  // A migration is older than the tables that it makes, so it has none of their types.
  // biome-ignore lint/suspicious/noExplicitAny: any is what Kysely takes for a schema that is not known.
  query: Kysely<any>
  system: DatabaseSystem
  /** Column types that mean the same on every database. */
  type: ColumnTypes
}

/** One step of a schema: statements, and nothing else, so that its checksum tells whether it is what was applied. */
export interface Migration {
  /** Unique; migrations are applied in the order in which the service lists them. */
  readonly name: string
  readonly statements: (context: MigrationContext) => readonly Query[]
}

export interface CompiledMigration {
  name: string
  checksum: string
  statements: readonly { sql: string; parameters: readonly unknown[] }[]
}

/**
 * Defines a step of a schema. What was applied once must never be changed; add another one.
 *
 * @example migration('001-create-config', ({ query, type }) => [
 *   query.schema.createTable('config').addColumn('position', type.serial).addColumn('name', type.text(253), (column) => column.notNull().unique())])
 */
export function migration(name: string, statements: Migration['statements']): Migration {
  return Object.freeze({ name, statements })
}

export function compileMigration({ name, statements }: Migration, system: DatabaseSystem): CompiledMigration {
  const compiled = statements({ query: queryBuilder(system), system, type: columnTypes[system] }).map((statement) => {
    const { sql, parameters } = compileQuery(statement, system)
    return { sql, parameters }
  })
  const checksum = createHash('sha256').update(JSON.stringify(compiled)).digest('hex')
  return { name, checksum, statements: compiled }
}
