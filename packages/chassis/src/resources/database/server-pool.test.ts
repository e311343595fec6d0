import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askServer } from '../../../../../test/databases/ask-server.ts'
import { freshDatabase } from '../../../../../test/databases/databases.ts'
import { freePort } from '../../../../../test/start-process.ts'
import { type ConnectionPool, commandOf, QueryTimeout } from './connection.ts'
import { parseDatabaseUrl } from './database-url.ts'
import { openMysql } from './mysql-pool.ts'
import type { PoolOptions } from './pool-options.ts'
import { openPostgres } from './postgres-pool.ts'

const kinds = [
  {
    kind: 'postgres',
    open: openPostgres,
    session: 'SELECT pg_backend_pid() AS id',
    end: (id: unknown) => `SELECT pg_terminate_backend(${id})`,
    wait: (seconds: number) => `SELECT pg_sleep(${seconds})`,
  },
  {
    kind: 'mariadb',
    open: openMysql,
    session: 'SELECT CONNECTION_ID() AS id',
    end: (id: unknown) => `KILL ${id}`,
    wait: (seconds: number) => `SELECT SLEEP(${seconds})`,
  },
] as const

const soon = () => performance.now() + 5000
const read = (sql: string) => ({ ...commandOf(sql), isRead: true })

for (const { kind, open, session, end, wait } of kinds) {
  describe(`a pool of connections to ${kind}`, () => {
    async function withPool(work: (pool: ConnectionPool, url: string) => Promise<void>, options: Partial<PoolOptions> = {}): Promise<void> {
      const { url, drop } = await freshDatabase(kind)
      const defaults = {
        tls: false,
        max: 3,
        connectTimeoutMilliseconds: 2000,
        idleTimeoutMilliseconds: 60_000,
        keepAliveMilliseconds: 10_000,
      } as const
      const session = { statementTimeoutMilliseconds: 10_000, applicationName: 'slipway test', isReadOnly: false, prepares: true }
      const pool = open({ ...defaults, ...session, target: parseDatabaseUrl(url), ...options })
      try {
        await work(pool, url)
      } finally {
        await pool.close()
        await drop()
      }
    }

    const idOf = async (pool: ConnectionPool) => {
      const connection = await pool.acquire('read', soon())
      const { rows } = await connection.execute(read(session), soon())
      connection.release()
      return Number(rows[0]?.id)
    }

    test('opens no more than it may, lends in turn, and uses one again', { timeout: 30_000 }, () =>
      withPool(async (pool) => {
        const id = await idOf(pool)
        assert.equal(await idOf(pool), id)
        const order: number[] = []
        const users = Array.from({ length: 9 }, async (_, user) => {
          const connection = await pool.acquire('write', soon())
          order.push(user)
          assert.ok(pool.size() <= 3)
          await connection.execute(read(wait(0.02)), soon())
          connection.release()
        })
        await Promise.all(users)
        assert.equal(pool.size(), 3)
        assert.deepEqual(
          order.slice(3),
          order.slice(3).sort((one, other) => one - other),
        )
      }),
    )

    test('gives up waiting, and does not lose the connection that comes too late', { timeout: 30_000 }, () =>
      withPool(
        async (pool) => {
          const only = await pool.acquire('write', soon())
          await assert.rejects(pool.acquire('write', performance.now() + 50), QueryTimeout)
          const next = pool.acquire('write', soon())
          only.release()
          const connection = await next
          connection.release()
          assert.equal(pool.size(), 1)
        },
        { max: 1 },
      ),
    )

    test('forgets a connection that the server ended, idle or in use', { timeout: 30_000 }, () =>
      withPool(async (pool, url) => {
        const idle = await idOf(pool)
        await askServer(url, end(idle))
        while (pool.size() > 0) await sleep(5)
        const used = await pool.acquire('write', soon())
        const { rows } = await used.execute(read(session), soon())
        assert.notEqual(Number(rows[0]?.id), idle)
        await askServer(url, end(rows[0]?.id))
        while (pool.size() > 0) await sleep(5)
        await assert.rejects(async () => used.execute(read(session), soon()))
        used.release()
        assert.equal(pool.size(), 0)
        assert.ok((await idOf(pool)) > 0)
      }),
    )

    test('what a driver refuses at once fails alone: nobody else’s query is ended for it', { timeout: 30_000 }, () =>
      withPool(async (pool) => {
        const connection = await pool.acquire('write', soon())
        const circular: { itself?: unknown } = {}
        circular.itself = circular
        const refused = { ...commandOf(kind === 'mariadb' ? 'SELECT ?' : 'SELECT $1::text'), parameters: [circular] }
        await assert.rejects(async () => connection.execute(refused, performance.now() + 100))
        const { rows } = await connection.execute(read(wait(0.4)), soon())
        assert.equal(rows.length, 1)
        connection.release()
        assert.equal(pool.size(), 1)
      }),
    )

    test('closes what nobody uses', { timeout: 30_000 }, () =>
      withPool(
        async (pool) => {
          await idOf(pool)
          assert.equal(pool.size(), 1)
          await sleep(400)
          assert.equal(pool.size(), 0)
          assert.ok((await idOf(pool)) > 0)
        },
        { idleTimeoutMilliseconds: 100 },
      ),
    )

    test('tells everybody who waits that there is no server, and goes on trying for those who come', { timeout: 30_000 }, async () => {
      const { url, drop } = await freshDatabase(kind)
      const port = await freePort()
      await withPool(
        async (pool) => {
          const attempts = await Promise.allSettled(Array.from({ length: 50 }, () => pool.acquire('read', soon())))
          const names = attempts.map((attempt) => attempt.status === 'rejected' && (attempt.reason as Error).name)
          assert.deepEqual(new Set(names), new Set(['ConnectionRefused']))
          assert.equal(pool.size(), 0)
        },
        { target: { ...parseDatabaseUrl(url), host: '127.0.0.1', port } },
      )
      await drop()
    })
  })
}
