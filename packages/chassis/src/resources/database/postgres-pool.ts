import pg from 'pg'
import type { Settle } from './call-deadlines.ts'
import { type ConnectionPool, commandOf, type DriverQuery, type QueryResult, type Row } from './connection.ts'
import type { PoolOptions } from './pool-options.ts'
import { ServerPool } from './server-pool.ts'
import type { Session } from './session.ts'

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

/** The name keeps it from the sessions of others, should a pooler in between give out numbers of its own. */
const END_SESSIONS = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY($1) AND application_name = $2'

export function openPostgres(options: PoolOptions): ConnectionPool {
  const { target, tls, applicationName, keepAliveMilliseconds } = options
  const settings: pg.ClientConfig = {
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
    ssl: tls,
    application_name: applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMilliseconds,
    types,
  }
  return new ServerPool({
    ...options,
    system: 'postgresql',
    createSession: (onLost) => new PostgresSession(settings, options, onLost),
    endQueries: (sessions) => [{ ...commandOf(END_SESSIONS), parameters: [sessions, applicationName] }],
  })
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

class PostgresSession implements Session {
  readonly #client: pg.Client
  readonly #options: PoolOptions

  constructor(settings: pg.ClientConfig, options: PoolOptions, onLost: () => void) {
    this.#client = new pg.Client(settings)
    this.#options = options
    for (const event of ['error', 'end'] as const) this.#client.on(event, onLost)
  }

  get id(): number | undefined {
    return (this.#client as { processID?: number | null }).processID ?? undefined
  }

  open(settle: Settle<void>): void {
    this.#client.connect((error?: Error) => {
      if (error) settle(error)
      else this.#client.query(sessionSettings(this.#options), (refusal) => settle(refusal))
    })
  }

  execute({ sql, parameters, name }: DriverQuery, settle: Settle<QueryResult>): void {
    const query: pg.QueryConfig = { text: sql, values: parameters as unknown[] }
    if (name !== undefined && this.#options.prepares) query.name = name
    this.#client.query<Row>(query, (error, result) => settle(error, error ? undefined : resultOf(result)))
  }

  end(): Promise<void> {
    return this.#client.end()
  }

  /** Closes the socket, which the driver's own `end` leaves to the server. */
  destroy(): void {
    ;(this.#client.connection as unknown as { stream: { destroy(): void } }).stream.destroy()
  }
}

function resultOf({ rows, rowCount }: pg.QueryResult<Row>): QueryResult {
  return { rows, affectedRows: rowCount ?? 0 }
}
