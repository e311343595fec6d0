import { type ConnectionOptions, createConnection, createPool, type PoolConnection } from 'mysql2'
import { CallDeadlines } from './call-deadlines.ts'
import type { Connection, ConnectionPool, DriverQuery, QueryResult, Row } from './connection.ts'
import type { PoolOptions } from './pool-options.ts'
import { SessionEnder } from './session-ender.ts'

/** For MariaDB and MySQL. */
export function openMysql(options: PoolOptions): ConnectionPool {
  const { target, tls, max, connectTimeoutMilliseconds, idleTimeoutMilliseconds } = options
  const deadlines = new CallDeadlines()
  const settings: ConnectionOptions = {
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
    connectTimeout: connectTimeoutMilliseconds,
    enableKeepAlive: true,
    charset: 'utf8mb4',
    // Dates and times stay the text that the database sent: a Date would put the process's time zone into them.
    dateStrings: true,
    supportBigNumbers: true,
    ...(tls && { ssl: { ...tls, verifyIdentity: tls.rejectUnauthorized === true } as NonNullable<ConnectionOptions['ssl']> }),
  }
  const ender = new SessionEnder((sessions) => endSessions(settings, sessions))
  const pool = createPool({ ...settings, connectionLimit: max, maxIdle: max - 1, idleTimeout: idleTimeoutMilliseconds })
  const open = new Set<PoolConnection>()
  pool.on('connection', (connection: PoolConnection) => {
    open.add(connection)
    for (const event of ['end', 'error']) connection.once(event, () => open.delete(connection))
    // Sent before the first user's query, which fails with the connection where this does.
    for (const setting of sessionSettings(options)) connection.query(setting, (error) => error && connection.destroy())
  })
  return {
    system: 'mysql',
    max,
    acquire: (_purpose, deadlineAt) =>
      // The driver's own timeout is for connecting alone, not for waiting until a connection is free.
      deadlines.run(Math.min(deadlineAt, performance.now() + connectTimeoutMilliseconds), {
        start: (settle) =>
          pool.getConnection((error, connection) =>
            settle(error, connection && new MysqlConnection(connection, deadlines, ender, () => open.delete(connection))),
          ),
        onLate: (connection) => connection.release(),
      }),
    size: () => open.size,
    close: () => new Promise((resolve, reject) => pool.end((error) => (error ? reject(error) : resolve()))),
  }
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

async function endSessions(settings: ConnectionOptions, sessions: readonly number[]): Promise<void> {
  const connection = createConnection(settings).promise()
  try {
    for (const session of sessions) await connection.query('KILL ?', [session])
  } finally {
    connection.destroy()
  }
}

class MysqlConnection implements Connection {
  readonly #connection: PoolConnection
  readonly #deadlines: CallDeadlines
  readonly #ender: SessionEnder
  readonly #onDestroy: () => void

  constructor(connection: PoolConnection, deadlines: CallDeadlines, ender: SessionEnder, onDestroy: () => void) {
    this.#connection = connection
    this.#deadlines = deadlines
    this.#ender = ender
    this.#onDestroy = onDestroy
  }

  execute({ sql, parameters, isRead }: DriverQuery, deadlineAt: number): Promise<QueryResult> {
    return this.#deadlines.run(deadlineAt, {
      start: (settle) => {
        const done = (error: unknown, result: unknown) => settle(error, error ? undefined : resultOf(result))
        // The server prepares what has values; the driver would put them into the text of a plain query.
        if (parameters.length > 0 || isRead) this.#connection.execute(sql, parameters as never[], done)
        else this.#connection.query(sql, done)
      },
      onExpire: () => this.#ender.add(this.#connection.threadId),
    })
  }

  release(): void {
    this.#connection.release()
  }

  destroy(): void {
    this.#onDestroy()
    this.#connection.destroy()
  }
}

function resultOf(result: unknown): QueryResult {
  if (Array.isArray(result)) return { rows: result as Row[], affectedRows: 0 }
  return { rows: [], affectedRows: (result as { affectedRows: number }).affectedRows }
}
