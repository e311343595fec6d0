import { isIP } from 'node:net'
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2'
import type { Settle } from './call-deadlines.ts'
import { type ConnectionPool, commandOf, type DriverQuery, type QueryResult, type Row } from './connection.ts'
import type { PoolOptions } from './pool-options.ts'
import { ServerPool } from './server-pool.ts'
import type { Session } from './session.ts'

/** Each counts for the server's max_prepared_stmt_count, which is 16,382 for all of its clients by default. */
const MAX_PREPARED_STATEMENTS = 200

/** For MariaDB and MySQL. */
export function openMysql(options: PoolOptions): ConnectionPool {
  const { target, tls, connectTimeoutMilliseconds, keepAliveMilliseconds } = options
  const isVerified = tls !== false && tls.rejectUnauthorized === true
  // The driver would compare the certificate with the name localhost.
  if (isVerified && isIP(target.host)) throw new Error('DATABASE_URL must name the host, not its address, for its certificate to be verified.')
  const settings: ConnectionOptions = {
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
    connectTimeout: connectTimeoutMilliseconds,
    enableKeepAlive: true,
    keepAliveInitialDelay: keepAliveMilliseconds,
    charset: 'utf8mb4',
    // Dates and times stay the text that the database sent: a Date would put the process's time zone into them.
    dateStrings: true,
    supportBigNumbers: true,
    maxPreparedStatements: MAX_PREPARED_STATEMENTS,
    ...(tls && { ssl: { ...tls, verifyIdentity: isVerified } as NonNullable<ConnectionOptions['ssl']> }),
  }
  return new ServerPool({
    ...options,
    system: 'mysql',
    createSession: (onLost) => new MysqlSession(settings, sessionSettings(options), onLost),
    endQueries: (sessions) => sessions.map((session) => commandOf(`KILL ${session}`)),
  })
}

/**
 * Strict, so that nothing is cut off and acknowledged. Each server reads its own kind of comment: MariaDB the one with M,
 * MySQL the one with the version of MySQL 5.7.8, which MariaDB skips.
 */
function sessionSettings({ statementTimeoutMilliseconds, isReadOnly }: PoolOptions): string[] {
  const seconds = statementTimeoutMilliseconds / 1000
  const settings = ["time_zone = '+00:00'", "sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')"]
  if (seconds > 0) settings.push(`innodb_lock_wait_timeout = ${Math.ceil(seconds)}`)
  const timeouts = `/*M! , max_statement_time = ${seconds} */ /*!50708 , max_execution_time = ${statementTimeoutMilliseconds} */`
  return [`SET ${settings.join(', ')} ${timeouts}`, ...(isReadOnly ? ['SET SESSION TRANSACTION READ ONLY'] : [])]
}

class MysqlSession implements Session {
  readonly #connection: Connection
  readonly #first: readonly string[]

  /** @param first statements that are run when it opens */
  constructor(settings: ConnectionOptions, first: readonly string[], onLost: () => void) {
    this.#connection = createConnection(settings)
    this.#first = first
    for (const event of ['error', 'end']) this.#connection.on(event, onLost)
  }

  get id(): number | undefined {
    return this.#connection.threadId ?? undefined
  }

  open(settle: Settle<void>): void {
    this.#connection.connect((error) => {
      if (error) settle(error)
      else this.#runFirst(settle, 0)
    })
  }

  execute({ sql, parameters, isRead }: DriverQuery, settle: Settle<QueryResult>): void {
    const done = (error: unknown, result: unknown) => settle(error, error ? undefined : resultOf(result))
    // The server prepares what has values; the driver would put them into the text of a plain query.
    if (parameters.length > 0 || isRead) this.#connection.execute(sql, parameters as never[], done)
    else this.#connection.query(sql, done)
  }

  end(): Promise<void> {
    return new Promise((resolve) => this.#connection.end(() => resolve()))
  }

  /** The driver's own `destroy` leaves the socket to the server. */
  destroy(): void {
    this.#connection.destroy()
    ;(this.#connection as unknown as { stream: { destroy(): void } }).stream.destroy()
  }

  #runFirst(settle: Settle<void>, index: number): void {
    const sql = this.#first[index]
    if (sql === undefined) settle(undefined)
    else this.#connection.query(sql, (error) => (error ? settle(error) : this.#runFirst(settle, index + 1)))
  }
}

function resultOf(result: unknown): QueryResult {
  if (Array.isArray(result)) return { rows: result as Row[], affectedRows: 0 }
  return { rows: [], affectedRows: (result as { affectedRows: number }).affectedRows }
}
