import type { Database } from '../resources/database/database-handle.ts'

// A collection is told its table's name, not its type.
// biome-ignore lint/suspicious/noExplicitAny: any is what Kysely takes for tables that are not known.
export type AnyTables = any
export type AnyDatabase = Database<AnyTables>

/** What a statement is run with, by name. */
export type Values = Readonly<Record<string, unknown>>
