import {
  type Compilable,
  type CompiledQuery,
  type Dialect,
  DummyDriver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { DatabaseSystem } from './connection.ts'

/** Kysely puts queries together and checks their types; running them, with deadline, trace and measurement, is the database's own. */
class BuildOnlyDriver extends DummyDriver {
  override async acquireConnection(): Promise<never> {
    throw new TypeError('A query is run by handing it to the database: db.all(query), db.first(query) or db.run(query), instead of query.execute().')
  }
}

const PARTS = {
  sqlite: [SqliteAdapter, SqliteQueryCompiler, SqliteIntrospector],
  postgresql: [PostgresAdapter, PostgresQueryCompiler, PostgresIntrospector],
  mysql: [MysqlAdapter, MysqlQueryCompiler, MysqlIntrospector],
} as const

function dialectOf(system: DatabaseSystem): Dialect {
  const [Adapter, QueryCompiler, Introspector] = PARTS[system]
  return {
    createAdapter: () => new Adapter(),
    createDriver: () => new BuildOnlyDriver(),
    createQueryCompiler: () => new QueryCompiler(),
    createIntrospector: (kysely) => new Introspector(kysely),
  }
}

const builders: Readonly<Record<DatabaseSystem, Kysely<unknown>>> = {
  sqlite: new Kysely({ dialect: dialectOf('sqlite') }),
  postgresql: new Kysely({ dialect: dialectOf('postgresql') }),
  mysql: new Kysely({ dialect: dialectOf('mysql') }),
}

/** The one Kysely instance of a kind of database. */
export function queryBuilder<Tables>(system: DatabaseSystem): Kysely<Tables> {
  return builders[system] as Kysely<Tables>
}

/** A query of Kysely's, or text: sql`SELECT …`. */
export type Query<Output = unknown> = Compilable<Output> | RawBuilder<Output>

/** A query as text and values. */
export function compileQuery(query: Query, system: DatabaseSystem): CompiledQuery {
  // Text does not know what it is for; a query of Kysely's does, and takes no notice.
  return query.compile(builders[system])
}
