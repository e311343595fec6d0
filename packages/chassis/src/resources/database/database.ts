import type { OpenResource, Resource, ResourceContext } from '../../definition/resource.ts'
import { type DatabaseConfig, databaseConfig } from './database-config.ts'
import { Database } from './database-handle.ts'
import { networkNeed } from './database-url.ts'
import { Engine } from './engine.ts'
import { measurePool } from './measure-pool.ts'
import { measureSchema } from './measure-schema.ts'
import type { Migration } from './migration.ts'
import { openPool, statementTimeout } from './open-pool.ts'
import { databaseSchema, prepareSchema, type Schema } from './prepare-schema.ts'
import { QueryObserver } from './query-observer.ts'
import { RotatingPool } from './rotating-pool.ts'

export interface DatabaseOptions {
  /** Names the file of the embedded default, `sqlite:data/<name>.db`. */
  name: string
  /** The steps of the schema, oldest first. @default [] */
  migrations?: readonly Migration[]
  /** Somebody else's database: never written to, nor migrated. The embedded default stands in for it, and is made by the migrations. @default false */
  isReadOnly?: boolean
}

type Context = ResourceContext<DatabaseConfig>
export type DatabaseResource<Tables> = Resource<Database<Tables>, ReturnType<typeof databaseConfig>>

/**
 * A database: SQLite, which is the default and needs nothing, PostgreSQL, or MariaDB and MySQL, as `DATABASE_URL` says.
 * Handlers get a {@link Database}, typed by the service's tables.
 *
 * @example resources: { db: database<{ config: ConfigRow }>({ name: 'configs', migrations }) }
 */
export function database<Tables>({ name, migrations = [], isReadOnly = false }: DatabaseOptions): DatabaseResource<Tables> {
  const schema = { migrations, isReadOnly }
  return Object.freeze({
    kind: 'database',
    config: databaseConfig(`sqlite:data/${name}.db`),
    network: ({ DATABASE_URL, DATABASE_DIRECT_URL }: DatabaseConfig) => [DATABASE_URL, DATABASE_DIRECT_URL].flatMap(networkNeed),
    open: (context: Context) => openDatabase<Tables>(context, schema),
    schema: databaseSchema(schema),
  })
}

async function openDatabase<Tables>(context: Context, schema: Schema): Promise<OpenResource<Database<Tables>>> {
  const { name, config, log, meter } = context
  const pool = await RotatingPool.open({
    currentUrl: () => config.DATABASE_URL,
    open: (url) => openPool(context, url, { isReadOnly: schema.isReadOnly }),
    log,
  })
  const observer = new QueryObserver({ resource: name, meter, log, slowMilliseconds: config.DATABASE_SLOW_QUERY * 1000 })
  const engine = new Engine({ name, pool, observer, isReadOnly: schema.isReadOnly, defaultMilliseconds: statementTimeout(context) })
  try {
    await measureSchema(name, meter, () => prepareSchema(context, schema, pool.current))
    await engine.check()
  } catch (error) {
    await pool.close().catch(() => {})
    throw error
  }
  measurePool(name, pool, meter)
  return {
    handle: new Database(engine),
    forRequest: (scope) => new Database(engine, scope),
    check: () => engine.check(),
    close: () => pool.close(),
  }
}
