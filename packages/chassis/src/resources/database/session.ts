import type { Settle } from './call-deadlines.ts'
import type { DriverQuery, QueryResult } from './connection.ts'

/** One session with a database server, as a driver has it. Nothing that happens to it may go uncaught: a driver's error that nobody listens to ends the process. */
export interface Session {
  /** The server's number for it; undefined before it is open. */
  readonly id: number | undefined
  /** Connects, proves who it is, and sets what every query relies on. Called once. */
  open(settle: Settle<void>): void
  execute(query: DriverQuery, settle: Settle<QueryResult>): void
  /** Takes leave of the server. Resolves when the connection is closed, which a server that hangs never does. */
  end(): Promise<void>
  /** Closes the connection at once, whatever it is doing. */
  destroy(): void
}

/** Makes a session that is not open yet; `onLost` is told when it ends, and may be told more than once. */
export type CreateSession = (onLost: () => void) => Session
