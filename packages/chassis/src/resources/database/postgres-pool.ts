import pg from 'pg'
import { CallDeadlines } from './call-deadlines.ts'
import type { Connection, ConnectionPool, DriverQuery, QueryResult, Row } from './connection.ts'
import type { PoolOptions } from './pool-options.ts'
import { SessionEnder } from './session-ender.ts'

/** Object identifiers of types, as in PostgreSQL's catalogue pg_type. */
const INT8 = 20
const TIMES: readonly number[] = [1082, 1083, 1114, 1184, 1266]

/**
 * Integers of 64 bits become numbers, as on the other databases, or an error where a number can't hold them.
 * Dates and times stay the text that the database sent: a Date would put the process's time zone into them.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return safeInteger
    if (TIMES.includes(oid)) return (text: string) => text
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number.`)
  return value
}

export function openPostgres(options: PoolOptions): ConnectionPool {
  const { target, tls, max, connectTimeoutMilliseconds, applicationName, prepares } = options
  const deadlines = new CallDeadlines()
  const settings: pg.ClientConfig = {
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
    ssl: tls,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMilliseconds,
  }
  const ender = new SessionEnder((sessions) => endSessions(settings, sessions))
  const pool = new pg.Pool({
    ...settings,
    max,
    idleTimeoutMillis: options.idleTimeoutMilliseconds,
    keepAlive: true,
    types,
    onConnect: async (client) => void (await client.query(sessionSettings(options))),
  })
  // An idle connection that the server closed; the pool has let go of it.
  pool.on('error', () => {})
  return {
    system: 'postgresql',
    max,
    acquire: (_purpose, deadlineAt) =>
      deadlines.run(deadlineAt, {
        start: (settle) => pool.connect((error, client) => settle(error, client && new PostgresConnection(client, deadlines, ender, prepares))),
        onLate: (connection) => connection.release(),
      }),
    size: () => pool.totalCount,
    close: () => pool.end(),
  }
}

/** One text for one round trip. The server also notices by itself when a client is gone in mid-query, from version 14 on. */
function sessionSettings({ statementTimeoutMilliseconds, isReadOnly }: PoolOptions): string {
  const settings = [
    `SET statement_timeout = ${statementTimeoutMilliseconds}`,
    `SET idle_in_transaction_session_timeout = ${2 * statementTimeoutMilliseconds}`,
    "SET TIME ZONE 'UTC'",
    "SELECT set_config('client_connection_check_interval', '1000', false) WHERE current_setting('server_version_num')::int >= 140000",
  ]
  if (isReadOnly) settings.push('SET default_transaction_read_only = on')
  return settings.join('; ')
}

/** The name keeps it from the sessions of others, should a pooler in between give out numbers of its own. */
async function endSessions(settings: pg.ClientConfig, sessions: readonly number[]): Promise<void> {
  const client = new pg.Client(settings)
  try {
    await client.connect()
    const sql = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY($1) AND application_name = $2'
    await client.query(sql, [sessions, settings.application_name])
  } finally {
    await client.end().catch(() => {})
  }
}

class PostgresConnection implements Connection {
  readonly #client: pg.PoolClient
  readonly #deadlines: CallDeadlines
  readonly #ender: SessionEnder
  readonly #prepares: boolean

  constructor(client: pg.PoolClient, deadlines: CallDeadlines, ender: SessionEnder, prepares: boolean) {
    this.#client = client
    this.#deadlines = deadlines
    this.#ender = ender
    this.#prepares = prepares
  }

  execute({ sql, parameters, name }: DriverQuery, deadlineAt: number): Promise<QueryResult> {
    const query: pg.QueryConfig = { text: sql, values: parameters as unknown[] }
    if (name !== undefined && this.#prepares) query.name = name
    return this.#deadlines.run(deadlineAt, {
      start: (settle) => this.#client.query<Row>(query, (error, result) => settle(error, error ? undefined : resultOf(result))),
      onExpire: () => this.#ender.add((this.#client as { processID?: number | null }).processID),
    })
  }

  release(): void {
    this.#client.release()
  }

  destroy(): void {
    this.#client.release(true)
  }
}

function resultOf({ rows, rowCount }: pg.QueryResult<Row>): QueryResult {
  return { rows, affectedRows: rowCount ?? 0 }
}
