import type { ResourceContext } from '../../definition/resource.ts'
import type { ConnectionPool } from './connection.ts'
import type { DatabaseConfig } from './database-config.ts'
import { type DatabaseTarget, parseDatabaseUrl, type TlsMode } from './database-url.ts'
import type { PoolOptions } from './pool-options.ts'

const IDLE_TIMEOUT_MILLISECONDS = 60_000
const KEEP_ALIVE_MILLISECONDS = 10_000

type Context = Pick<ResourceContext<DatabaseConfig>, 'name' | 'config' | 'longestDeadline'>
type Differences = Partial<Pick<PoolOptions, 'max' | 'statementTimeoutMilliseconds' | 'isReadOnly'>>

/** Opens the kind of pool that the URL asks for, and loads its driver only then. */
export async function openPool(context: Context, url: string, differences: Differences = {}): Promise<ConnectionPool> {
  const target = parseDatabaseUrl(url)
  switch (target.system) {
    case 'sqlite':
      return (await import('./sqlite-pool.ts')).openSqlite(target.path)
    case 'postgresql':
      return (await import('./postgres-pool.ts')).openPostgres({ ...poolOptions(context, target), ...differences })
    case 'mysql':
      return (await import('./mysql-pool.ts')).openMysql({ ...poolOptions(context, target), ...differences })
  }
}

/** What the server gives a statement, in milliseconds. */
export function statementTimeout({ config, longestDeadline }: Context): number {
  return Math.ceil((config.DATABASE_STATEMENT_TIMEOUT ?? longestDeadline) * 1000)
}

function poolOptions(context: Context, target: DatabaseTarget): PoolOptions {
  const { config, name } = context
  return {
    target,
    tls: tlsOf(target.tls ?? config.DATABASE_TLS, config.DATABASE_CA),
    max: config.DATABASE_POOL_SIZE,
    connectTimeoutMilliseconds: config.DATABASE_CONNECT_TIMEOUT * 1000,
    idleTimeoutMilliseconds: IDLE_TIMEOUT_MILLISECONDS,
    keepAliveMilliseconds: KEEP_ALIVE_MILLISECONDS,
    statementTimeoutMilliseconds: statementTimeout(context),
    applicationName: `slipway ${name}`,
    isReadOnly: false,
    prepares: config.DATABASE_PREPARE,
  }
}

function tlsOf(mode: TlsMode, ca: string | undefined): PoolOptions['tls'] {
  if (mode === 'disable') return false
  return { rejectUnauthorized: mode === 'verify', ...(ca !== undefined && { ca }) }
}
