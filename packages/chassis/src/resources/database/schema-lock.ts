import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../definition/logger.ts'
import { type Connection, commandOf, type DatabaseSystem, QueryTimeout } from './connection.ts'

/** The lock's name; on PostgreSQL a number, chosen once at random. */
const LOCK_NAME = 'slipway_migration'
const LOCK_NUMBER = 7_302_914_455_210
const RETRY_MILLISECONDS = 200

/** Ends the lock: after success without an argument, after a failure with the error. */
export type Unlock = (error?: unknown) => Promise<void>

/**
 * Takes the lock that keeps every other process from migrating the same database; waits until it is free.
 * It belongs to the connection, so that it ends with a process that is killed.
 */
export async function lockSchema(system: DatabaseSystem, connection: Connection, log: Logger, signal: AbortSignal): Promise<Unlock> {
  const { tryLock, unlock } = LOCKS[system]
  for (let isFirst = true; !(await tryLock(connection)); isFirst = false) {
    if (isFirst) log.info('Another process is migrating, or has the database locked; waiting for it')
    await sleep(RETRY_MILLISECONDS, undefined, { signal })
  }
  return (error) => unlock(connection, error)
}

interface SchemaLock {
  tryLock(connection: Connection): Promise<boolean>
  unlock(connection: Connection, error: unknown): Promise<void>
}

const LOCKS: Readonly<Record<DatabaseSystem, SchemaLock>> = {
  // A transaction around the whole run, which everybody else who wants to write waits for.
  sqlite: {
    async tryLock(connection) {
      try {
        await connection.execute(commandOf('BEGIN IMMEDIATE'), performance.now() + RETRY_MILLISECONDS)
        return true
      } catch (error) {
        if (error instanceof QueryTimeout) return false
        throw error
      }
    },
    unlock: (connection, error) => command(connection, error === undefined ? 'COMMIT' : 'ROLLBACK'),
  },
  postgresql: namedLock(
    `SELECT CASE WHEN pg_try_advisory_lock(${LOCK_NUMBER}) THEN 1 ELSE 0 END AS locked`,
    `SELECT pg_advisory_unlock(${LOCK_NUMBER})`,
  ),
  mysql: namedLock(`SELECT GET_LOCK(CONCAT(DATABASE(), '.${LOCK_NAME}'), 0) AS locked`, `SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.${LOCK_NAME}'))`),
}

function namedLock(take: string, release: string): SchemaLock {
  return {
    async tryLock(connection) {
      const { rows } = await connection.execute({ ...commandOf(take), isRead: true }, Number.POSITIVE_INFINITY)
      return Number(rows[0]?.locked) === 1
    },
    unlock: (connection) => command(connection, release),
  }
}

async function command(connection: Connection, sql: string): Promise<void> {
  await connection.execute(commandOf(sql), Number.POSITIVE_INFINITY)
}
