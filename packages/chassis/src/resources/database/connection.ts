export type DatabaseSystem = 'sqlite' | 'postgresql' | 'mysql'

export type Row = Record<string, unknown>

/** One query as a driver takes it. Values travel apart from the text, always. */
export interface DriverQuery {
  sql: string
  parameters: readonly unknown[]
  /** Whether it only reads, so that it may run beside a transaction of somebody else's. */
  isRead: boolean
  /** Names what is prepared once a connection; undefined for what is put together for one use. */
  name: string | undefined
}

export interface QueryResult {
  rows: Row[]
  /** Rows that were inserted, deleted, or found by an update, changed or not. */
  affectedRows: number
}

/** What runs queries. Errors are the driver's own; see database-error.ts. */
export interface Executor {
  /**
   * What the query comes to, at once where the database is in this process.
   *
   * @throws {QueryTimeout} at `deadlineAt`, on the clock of `performance.now`; the connection must be destroyed then
   */
  execute(query: DriverQuery, deadlineAt: number): QueryResult | Promise<QueryResult>
}

/** One connection, held by one user at a time. */
export interface Connection extends Executor {
  /** Gives it back, for the next one. */
  release(): void
  /** Closes it, because it is broken or nobody knows what state it is in. */
  destroy(): void
}

/** The connections to one database with one set of credentials. */
export interface ConnectionPool {
  readonly system: DatabaseSystem
  /** The most connections that it opens. */
  readonly max: number
  /** A connection for one query that only reads, or for anything, if one is free: as good as `acquire`, without a promise. */
  takeFree(purpose: 'read' | 'write'): Connection | undefined
  /** A connection as soon as there is one. Rejects with a {@link QueryTimeout} at `deadlineAt`. */
  acquire(purpose: 'read' | 'write', deadlineAt: number): Promise<Connection>
  /** Open connections, used and idle. */
  size(): number
  /** Called when nobody uses a connection any more. */
  close(): Promise<void>
}

/** The database did not do in time what it was asked for. */
export class QueryTimeout extends Error {
  override readonly name = 'QueryTimeout'

  constructor() {
    super('The database did not answer in time.')
  }
}

/** No connection could be opened, whatever the reason: the network, the credentials, the certificate. */
export class ConnectionRefused extends Error {
  override readonly name = 'ConnectionRefused'

  constructor(cause: unknown) {
    // Where a name has several addresses, the error of all of them has a code and no message.
    const { message, code } = cause as NodeJS.ErrnoException
    super(message || String(code), { cause })
  }
}

/** BEGIN, COMMIT and their like. */
export const commandOf = (sql: string): DriverQuery => ({ sql, parameters: [], isRead: false, name: undefined })
