import { ServiceError } from '../../definition/service-error.ts'
import { sqliteErrorCode, sqliteExtendedCode } from '../../runtime/sqlite.ts'
import { ConnectionRefused, QueryTimeout } from './connection.ts'

/**
 * What a driver's error comes to:
 * - `timeout`, `unavailable`: the database is away, overloaded or too slow; whether a write happened is not known
 * - `lost`: the transaction was rolled back for another one's sake and can be tried again
 * - `stale`: what was prepared on the connection no longer fits the schema; on a new connection it can be tried again
 * - `duplicate`: a row with the same key exists
 * - `reference`: a row refers to one that does not exist, or is referred to
 * - `value`: the database can't hold a value
 * - `other`: a mistake in the service
 */
export type DatabaseErrorKind = 'timeout' | 'unavailable' | 'lost' | 'stale' | 'duplicate' | 'reference' | 'value' | 'other'

/** By SQLSTATE, or by its first two characters, its class (PostgreSQL, appendix A). */
const SQLSTATES: Readonly<Record<string, DatabaseErrorKind>> = {
  '08': 'unavailable', // connection exception
  '28': 'unavailable', // authorisation: credentials that are being rotated
  '53': 'unavailable', // disk full, too many connections
  '58': 'unavailable', // system error
  '57014': 'timeout', // canceled, by the statement timeout
  '57': 'unavailable', // shutdown
  '25006': 'unavailable', // read-only: a standby that is being promoted
  '25P03': 'unavailable', // idle in a transaction for too long
  '40001': 'lost',
  '40P01': 'lost',
  '55P03': 'lost', // lock not available
  '26000': 'stale', // a prepared statement that is not there, behind a pooler
  '23505': 'duplicate',
  '23503': 'reference',
  '22': 'value',
  '23502': 'value', // NOT NULL
  '23514': 'value', // a CHECK
  '54000': 'value', // an index row that is too large
  '3D000': 'unavailable', // no such database, yet
}

/** MariaDB's and MySQL's error numbers. */
const MYSQL_ERRORS: Readonly<Record<number, DatabaseErrorKind>> = {
  1021: 'unavailable', // disk full
  1030: 'unavailable', // disk full, said by the storage engine
  1040: 'unavailable', // too many connections
  1041: 'unavailable', // out of memory
  1044: 'unavailable', // access denied, to the database
  1045: 'unavailable', // access denied: credentials that are being rotated
  1047: 'unavailable', // a node of a cluster that is not ready
  1049: 'unavailable', // no such database, yet
  1053: 'unavailable', // shutdown
  1077: 'unavailable', // shutdown
  1114: 'unavailable', // table is full
  1129: 'unavailable', // host blocked
  1159: 'unavailable',
  1161: 'unavailable',
  1180: 'unavailable', // error during COMMIT
  1203: 'unavailable',
  1226: 'unavailable',
  1290: 'unavailable', // read-only: a replica that is being promoted
  1836: 'unavailable',
  1927: 'unavailable', // connection killed
  4031: 'unavailable', // idle for too long
  1317: 'timeout',
  1969: 'timeout', // max_statement_time
  3024: 'timeout', // max_execution_time
  1020: 'lost', // changed since it was read
  1205: 'lost', // lock wait timeout
  1213: 'lost', // deadlock
  1615: 'stale', // prepared for a table that has changed since
  1062: 'duplicate',
  1451: 'reference',
  1452: 'reference',
  1264: 'value', // out of range
  1265: 'value',
  1366: 'value', // not in the character set
  1406: 'value', // too long
  1118: 'value',
  3140: 'value',
  1048: 'value', // NOT NULL
  3819: 'value', // a CHECK of MySQL's
  4025: 'value', // a CHECK
}

/** SQLite's result codes; duplicate keys by the extended code. */
const SQLITE_ERRORS: Readonly<Record<number, DatabaseErrorKind>> = {
  5: 'timeout', // busy
  6: 'timeout', // locked
  8: 'unavailable', // read-only file
  9: 'timeout',
  10: 'unavailable', // input or output
  11: 'unavailable', // corrupt
  13: 'unavailable', // disk full
  14: 'unavailable', // can't open
  18: 'value', // too big
  26: 'unavailable', // not a database
  275: 'value', // a CHECK
  787: 'reference',
  1299: 'value', // NOT NULL
  1555: 'duplicate',
  2067: 'duplicate',
  2579: 'duplicate',
}

/** Errors of the network, and of drivers that lost their connection. */
const LOST_CONNECTION =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|PROTOCOL_|ERR_SOCKET|ERR_STREAM)|^Connection (terminated|lost)|not queryable|in closed state|socket (has been|is) (ended|closed)/i

export function databaseErrorKind(error: unknown): DatabaseErrorKind {
  if (error instanceof QueryTimeout) return 'timeout'
  if (error instanceof ConnectionRefused) return 'unavailable'
  if (!(error instanceof Error) || error instanceof ServiceError) return 'other'
  const sqlite = sqliteExtendedCode(error)
  if (sqlite !== undefined) return SQLITE_ERRORS[sqlite] ?? SQLITE_ERRORS[sqliteErrorCode(error) as number] ?? 'other'
  const { errno, code = '', message } = error as Error & { errno?: number; code?: string }
  const known = errno !== undefined && errno > 0 ? MYSQL_ERRORS[errno] : undefined
  return known ?? SQLSTATES[code] ?? (/^[0-9A-Z]{5}$/.test(code) ? SQLSTATES[code.slice(0, 2)] : undefined) ?? byText(String(code), message)
}

/** Whether the connection that an error came from must not be used again. */
export function isBroken(error: unknown): boolean {
  const kind = databaseErrorKind(error)
  return error instanceof QueryTimeout || kind === 'unavailable' || kind === 'stale'
}

/** Whether the same work can succeed when it is done again. */
export function isLost(error: unknown): boolean {
  const kind = databaseErrorKind(error)
  return kind === 'lost' || kind === 'stale'
}

function byText(code: string, message: string): DatabaseErrorKind {
  // PostgreSQL has no code of its own for it.
  if (message === 'cached plan must not change result type') return 'stale'
  return LOST_CONNECTION.test(code) || LOST_CONNECTION.test(message) ? 'unavailable' : 'other'
}

/** What a handler sees of a driver's error: a problem that a client can act on, or the error itself where the service made a mistake. */
export function toServiceError(resource: string, error: unknown): unknown {
  switch (databaseErrorKind(error)) {
    case 'timeout':
    case 'unavailable':
    case 'lost':
    case 'stale':
      return new ServiceError('resource_unavailable', `The service's ${resource} could not do it, or not in time.`, { retryAfter: 1, cause: error })
    case 'duplicate':
      return new ServiceError('conflict', 'An object with the same key exists already.', { cause: error })
    case 'reference':
      return new ServiceError('conflict', 'It refers to an object that does not exist, or is referred to.', { cause: error })
    case 'value':
      return new ServiceError('validation_failed', 'A value is not one that the database can hold.', { cause: error })
    case 'other':
      return error
  }
}
