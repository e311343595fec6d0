import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { askRedis } from './ask-redis.ts'
import { databases, freshDatabase, sharedServer } from './databases.ts'
import { isAlive, processFamily } from './process-family.ts'
import { startServers } from './shared-servers.ts'
import { startMariadb } from './start-mariadb.ts'
import { startPostgres } from './start-postgres.ts'
import { startRedis } from './start-redis.ts'
import { startServer } from './throwaway-server.ts'

/** Resolves to what the server answers, as text. */
type Ask = (url: string, statement: string) => Promise<string>

const askPostgres: Ask = async (connectionString, statement) => {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return JSON.stringify((await client.query(statement)).rows)
  } finally {
    await client.end()
  }
}

const askMariadb: Ask = async (uri, statement) => {
  const connection = await createConnection({ uri })
  try {
    return JSON.stringify((await connection.query(statement))[0])
  } finally {
    await connection.end()
  }
}

const CREATE_TABLE = 'CREATE TABLE kept (word varchar(9))'
const servers = [
  {
    name: 'PostgreSQL',
    start: startPostgres,
    ask: askPostgres,
    write: [CREATE_TABLE, `INSERT INTO kept VALUES ('grüezi')`],
    read: 'SELECT * FROM kept',
    // Also that what was acknowledged is on disk.
    settings: `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'max_connections') ORDER BY name`,
    expected: '[{"name":"fsync","setting":"on"},{"name":"max_connections","setting":"200"},{"name":"synchronous_commit","setting":"on"}]',
  },
  {
    name: 'MariaDB',
    start: startMariadb,
    ask: askMariadb,
    write: ['CREATE DATABASE words', 'CREATE TABLE words.kept (word varchar(9))', `INSERT INTO words.kept VALUES ('grüezi')`],
    read: 'SELECT * FROM words.kept',
    settings: 'SELECT @@innodb_flush_log_at_trx_commit AS flush, @@max_connections AS connections, @@character_set_server AS characters',
    expected: '[{"flush":1,"connections":200,"characters":"utf8mb4"}]',
  },
  {
    name: 'Redis',
    start: startRedis,
    ask: askRedis,
    write: ['SET kept grüezi'],
    read: 'GET kept',
    settings: 'CONFIG GET appendonly',
    expected: '+OK\r\n*2\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n+OK\r\n',
  },
]

describe('a throwaway server', () => {
  for (const { name, start, ask, write, read, settings, expected } of servers) {
    test(`${name} keeps its port and data when killed or restarted, halts when frozen, and leaves nothing`, { timeout: 300_000 }, async () => {
      const others = new Set(processFamily(process.pid))
      const server = await start()
      assert.equal(await ask(server.url, settings), expected)
      for (const statement of write) await ask(server.url, statement)

      await server.kill()
      await assert.rejects(ask(server.url, read))
      await server.start()
      assert.match(await ask(server.url, read), /grüezi/)

      await server.restart()
      assert.match(await ask(server.url, read), /grüezi/)

      server.freeze()
      const answer = ask(server.url, read)
      assert.equal(await Promise.race([answer, sleep(300, 'nothing')]), 'nothing')
      server.thaw()
      assert.match(await answer, /grüezi/)

      const processes = processFamily(process.pid).filter((id) => !others.has(id))
      assert.ok(processes.length >= 2)
      await server.stop()
      assert.deepEqual(processes.filter(isAlive), [])
      assert.equal(existsSync(server.folder), false)
    })
  }

  test('PostgreSQL halts in all of its processes, and ends while it is halted', { timeout: 60_000 }, async () => {
    const server = await startPostgres()
    const client = new Client({ connectionString: server.url })
    client.on('error', () => {})
    await client.connect()
    server.freeze()
    const answer = client.query('SELECT 1')
    assert.equal(await Promise.race([answer, sleep(300, 'nothing')]), 'nothing')
    server.thaw()
    assert.equal((await answer).rowCount, 1)
    server.freeze()
    await server.stop()
    assert.equal(existsSync(server.folder), false)
    await client.end().catch(() => {})
  })

  test('ends with a process that is killed', { timeout: 300_000 }, async () => {
    const fixture = fileURLToPath(new URL('start-and-wait.fixture.ts', import.meta.url))
    const child = spawn(process.execPath, [fixture], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
      const { folders, processes } = JSON.parse(line) as { folders: string[]; processes: number[] }
      assert.equal(folders.filter((folder) => existsSync(folder)).length, 3)
      // PostgreSQL alone is half a dozen.
      assert.ok(processes.filter(isAlive).length > 8)
      child.kill('SIGKILL')
      for (let attempt = 0; attempt < 200 && (processes.some(isAlive) || folders.some((folder) => existsSync(folder))); attempt++) await sleep(50)
      assert.deepEqual(processes.filter(isAlive), [])
      assert.deepEqual(
        folders.filter((folder) => existsSync(folder)),
        [],
      )
    } finally {
      child.kill('SIGKILL')
    }
  })

  test('one that can not start says why, and leaves nothing', { timeout: 60_000 }, async () => {
    let folder = ''
    const start = startServer({
      name: 'Nothing',
      account: 'nobody',
      stopSignal: 'SIGTERM',
      endSignal: 'KILL',
      prepare: async () => undefined,
      command(place) {
        folder = place.folder.path
        return ['sh', '-c', 'echo There is no luck today.; exit 3']
      },
      url: ({ port }) => `http://127.0.0.1:${port}`,
      ping: async (url) => void (await fetch(url)),
    })
    await assert.rejects(start, /^Error: Nothing could not be started: it ended with 3 before it answered on port \d+\.\nThere is no luck today\.$/)
    assert.ok(folder !== '' && !existsSync(folder))
  })
})

describe('a fresh database', () => {
  for (const [kind, ask] of [
    ['postgres', askPostgres],
    ['mariadb', askMariadb],
  ] as const) {
    test(`${kind}: empty, and nobody else's`, { timeout: 60_000 }, async () => {
      const [one, other] = await Promise.all([freshDatabase(kind), freshDatabase(kind)])
      assert.notEqual(one.url, other.url)
      await ask(one.url, CREATE_TABLE)
      await assert.rejects(ask(other.url, 'SELECT * FROM kept'))
      await ask(other.url, CREATE_TABLE)
      await Promise.all([one.drop(), other.drop()])
      await assert.rejects(ask(one.url, 'SELECT 1'))
    })
  }

  test(`sqlite: empty, and nobody else's`, async () => {
    const [one, other] = await Promise.all([freshDatabase('sqlite'), freshDatabase('sqlite')])
    assert.notEqual(one.url, other.url)
    assert.match(one.url, /^sqlite:\/.*\/test\.db$/)
    const folder = dirname(one.url.slice('sqlite:'.length))
    assert.deepEqual(readdirSync(folder), [])
    await Promise.all([one.drop(), other.drop()])
    assert.equal(existsSync(folder), false)
  })

  test('there is one for each kind of database', () => {
    assert.deepEqual(databases, ['sqlite', 'postgres', 'mariadb'])
  })
})

describe('the servers that a run of tests shares', () => {
  test('are used as given from outside, and are not stopped', { timeout: 60_000 }, async () => {
    const given = { TEST_POSTGRES_URL: sharedServer('postgres'), TEST_MARIADB_URL: sharedServer('mariadb'), TEST_REDIS_URL: sharedServer('redis') }
    const { environment, stop } = await startServers()
    assert.deepEqual(environment, given)
    await stop()
    assert.match(await askRedis(given.TEST_REDIS_URL, 'PING'), /PONG/)
  })

  test('DATABASE_URL gives the one of its kind', { timeout: 60_000 }, async () => {
    const url = sharedServer('postgres')
    await withEnvironment({ TEST_POSTGRES_URL: undefined, DATABASE_URL: url }, async () => {
      assert.equal((await startServers()).environment.TEST_POSTGRES_URL, url)
    })
  })

  test('a given one that can not be used is named', { timeout: 60_000 }, async () => {
    await withEnvironment({ TEST_REDIS_URL: 'redis://127.0.0.1:1' }, () =>
      assert.rejects(startServers, /^Error: TEST_REDIS_URL names a Redis that can't be used: .+ Unset it, and one is started\.$/),
    )
  })

  test('a test that is run alone is told how to get one', async () => {
    await withEnvironment({ TEST_MARIADB_URL: undefined }, async () => {
      assert.throws(() => sharedServer('mariadb'), /^Error: TEST_MARIADB_URL is not set\. Run tests by `npm test`/)
    })
  })
})

async function withEnvironment(changes: Record<string, string | undefined>, act: () => Promise<unknown>): Promise<void> {
  const before = Object.fromEntries(Object.keys(changes).map((key) => [key, process.env[key]]))
  setEnvironment(changes)
  try {
    await act()
  } finally {
    setEnvironment(before)
  }
}

function setEnvironment(values: Record<string, string | undefined>): void {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[key]
    else process.env[key] = value
  }
}
