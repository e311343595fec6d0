import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../definition/logger.ts'
import type { Connection, DatabaseSystem, Row } from './connection.ts'

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
  if (system === 'sqlite') return lockSqlite(connection)
  const { take, release } = LOCKS[system]
  for (let isFirst = true; !(await tryLock(connection, take)); isFirst = false) {
    if (isFirst) log.info('Another process is migrating; waiting for it')
    await sleep(RETRY_MILLISECONDS, undefined, { signal })
  }
  return async () => void (await select(connection, release))
}

const LOCKS = {
  postgresql: {
    take: `SELECT CASE WHEN pg_try_advisory_lock(${LOCK_NUMBER}) THEN 1 ELSE 0 END AS locked`,
    release: `SELECT pg_advisory_unlock(${LOCK_NUMBER})`,
  },
  mysql: {
    take: `SELECT GET_LOCK(CONCAT(DATABASE(), '.${LOCK_NAME}'), 0) AS locked`,
    release: `SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.${LOCK_NAME}'))`,
  },
}

/** A transaction around the whole run, which everybody else who wants to write waits for. */
async function lockSqlite(connection: Connection): Promise<Unlock> {
  await command(connection, 'BEGIN IMMEDIATE')
  return (error) => command(connection, error === undefined ? 'COMMIT' : 'ROLLBACK')
}

async function tryLock(connection: Connection, sql: string): Promise<boolean> {
  const [row] = await select(connection, sql)
  return Number(row?.locked) === 1
}

async function select(connection: Connection, sql: string): Promise<Row[]> {
  const { rows } = await connection.execute({ sql, parameters: [], isRead: true, name: undefined }, Number.POSITIVE_INFINITY)
  return rows
}

async function command(connection: Connection, sql: string): Promise<void> {
  await connection.execute({ sql, parameters: [], isRead: false, name: undefined }, Number.POSITIVE_INFINITY)
}
