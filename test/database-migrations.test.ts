import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { database } from '@slipway/chassis'
import { contextOf } from '../packages/chassis/src/resources/database/open-database.fixture.ts'
import { askServer } from './databases/ask-server.ts'
import { databases, freshDatabase } from './databases/databases.ts'
import { ledgerMigrations } from './fixtures/ledger/migrations.ts'
import { type StartedProcess, startProcess } from './start-process.ts'

const LEDGER = 'test/fixtures/ledger/main.ts'
const TIMEOUT = { timeout: 120_000 }

const statusOf = ({ url }: StartedProcess, path: string) =>
  fetch(url + path).then(
    ({ status }) => status,
    () => 0,
  )
const messagesOf = (started: StartedProcess) => started.logs().map(({ message }) => String(message))

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo()); await sleep(20)) assert.ok(Date.now() < end, `It took too long until ${what}.`)
}

const untilReady = (started: StartedProcess) => until('it was ready', async () => (await statusOf(started, '/readyz')) === 200)

for (const kind of databases) {
  describe(`migrations of a service on ${kind}`, () => {
    test('ten replicas that start at once migrate once, and all become ready', TIMEOUT, async () => {
      const { url, drop } = await freshDatabase(kind)
      const replicas = await Promise.all(Array.from({ length: 10 }, () => startProcess(LEDGER, { DATABASE_URL: url }, false)))
      await Promise.all(replicas.map(untilReady))
      const migrated = replicas.flatMap((replica) => messagesOf(replica).filter((message) => message.startsWith('Migrating: ')))
      assert.deepEqual(migrated, ['Migrating: 001-create-entry', 'Migrating: 002-create-audit'])
      assert.deepEqual(await Promise.all(replicas.map((replica) => replica.stop())), Array(10).fill(0))
      await drop()
    })

    test('with MIGRATE=never it is live and not ready until somebody else has migrated', TIMEOUT, async () => {
      const { url, drop } = await freshDatabase(kind)
      const ledger = await startProcess(LEDGER, { DATABASE_URL: url, MIGRATE: 'never' }, false)
      const lacks = 'The database lacks 001-create-entry, 002-create-audit; run slipway migrate, or set MIGRATE=start.'
      await until('it told why', () => ledger.logs().some((line) => line['exception.message'] === lacks))
      await sleep(500)
      assert.deepEqual(await Promise.all(['/livez', '/startupz', '/readyz'].map((path) => statusOf(ledger, path))), [200, 200, 503])
      assert.equal(ledger.logs().filter((line) => line['exception.message'] === lacks).length, 1)
      await database({ name: 'ledger', migrations: ledgerMigrations.current ?? [] }).schema?.migrate(contextOf(url).context)
      await untilReady(ledger)
      assert.equal(await ledger.stop(), 0)
      await drop()
    })

    test('a SIGKILL in mid-migration, and a new start', TIMEOUT, async () => {
      const { url, drop } = await freshDatabase(kind)
      const killed = await startProcess(LEDGER, { DATABASE_URL: url, LEDGER_VERSION: 'slow' }, false)
      // On SQLite the statement holds the whole process up, so that its log is not written either.
      if (kind === 'sqlite') await until('it was held up', () => isHeldUp(killed))
      else await until('the migration ran', () => messagesOf(killed).includes('Migrating: 003-slow'))
      await sleep(300)
      killed.kill('SIGKILL')
      await killed.ended
      if (kind === 'mariadb') {
        // The server would notice within five seconds that nobody waits for the statement any more.
        const sessions = "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP(60)%' AND DB = DATABASE()"
        for (const { id } of await askServer(url, sessions)) await askServer(url, `KILL ${id}`)
        const dirty = await startProcess(LEDGER, { DATABASE_URL: url, LEDGER_VERSION: 'slow' }, false)
        await until('it told why', () => dirty.logs().some((line) => String(line['exception.message']).includes('broke off half-way')))
        assert.deepEqual(await Promise.all(['/livez', '/readyz'].map((path) => statusOf(dirty, path))), [200, 503])
        // Somebody mends the schema, and says so; the service becomes ready by itself.
        await database({ name: 'ledger', migrations: ledgerMigrations.slow ?? [] }).schema?.settle(contextOf(url).context, '003-slow', 'applied')
        await untilReady(dirty)
        await dirty.stop()
      } else {
        const clean = await startProcess(LEDGER, { DATABASE_URL: url }, false)
        await untilReady(clean)
        assert.equal((await fetch(`${clean.url}/entries`)).status, 200)
        assert.equal(await clean.stop(), 0)
      }
      await drop()
    })
  })
}

async function isHeldUp({ url }: StartedProcess): Promise<boolean> {
  return fetch(`${url}/livez`, { signal: AbortSignal.timeout(500) }).then(
    () => false,
    (error: Error) => error.name === 'TimeoutError',
  )
}
