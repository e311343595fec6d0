import type { ConnectionOptions } from 'node:tls'
import type { DatabaseTarget } from './database-url.ts'

/** What a pool of connections is made with, whatever the database. */
export interface PoolOptions {
  target: DatabaseTarget
  /** False: no TLS. */
  tls: false | Pick<ConnectionOptions, 'ca' | 'rejectUnauthorized'>
  max: number
  connectTimeoutMilliseconds: number
  /** After which an unused connection is closed. */
  idleTimeoutMilliseconds: number
  /** After which a silent connection is asked whether its other end is still there. */
  keepAliveMilliseconds: number
  /** After which the server gives up a statement. 0: never. */
  statementTimeoutMilliseconds: number
  /** How the server shows whose the connections are. */
  applicationName: string
  isReadOnly: boolean
  /** Whether statements are prepared once a connection, which a pooler in between must know of. */
  prepares: boolean
}
