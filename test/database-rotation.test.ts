import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { database } from '@slipway/chassis'
import { contextOf } from '../packages/chassis/src/resources/database/open-database.fixture.ts'
import { askServer } from './databases/ask-server.ts'
import { freshDatabase } from './databases/databases.ts'
import { makeThrowawayFolder } from './databases/throwaway-folder.ts'
import { ledgerMigrations } from './fixtures/ledger/migrations.ts'
import { startLedger, until } from './fixtures/ledger/start-ledger.ts'

const kinds = [
  {
    kind: 'postgres',
    create: (user: string) => [
      `CREATE ROLE ${user} LOGIN PASSWORD 'secret of ${user}'`,
      `GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`,
      `GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${user}`,
    ],
    drop: (user: string) => [`DROP OWNED BY ${user}`, `DROP ROLE ${user}`],
    sessions: (user: string) => `SELECT pid FROM pg_stat_activity WHERE usename = '${user}'`,
  },
  {
    kind: 'mariadb',
    create: (user: string, name: string) => [
      `CREATE USER ${user} IDENTIFIED BY 'secret of ${user}'`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.* TO ${user}`,
    ],
    drop: (user: string) => [`DROP USER ${user}`],
    sessions: (user: string) => `SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '${user}'`,
  },
] as const

for (const { kind, create, drop, sessions } of kinds) {
  describe(`the credentials of a service on ${kind}`, () => {
    test('are rotated while requests run, and none fails', { timeout: 60_000 }, async () => {
      const fresh = await freshDatabase(kind)
      await database({ name: 'ledger', migrations: ledgerMigrations.current ?? [] }).schema?.migrate(contextOf(fresh.url).context)
      const suffix = crypto.randomUUID().slice(0, 8)
      const [first, second] = [`first_${suffix}`, `second_${suffix}`]
      for (const user of [first, second]) {
        for (const statement of create(user, new URL(fresh.url).pathname.slice(1))) await askServer(fresh.url, statement)
      }
      const urlOf = (username: string, password = `secret of ${username}`) =>
        Object.assign(new URL(fresh.url), { username, password: encodeURIComponent(password) }).href

      const folder = await makeThrowawayFolder({ purpose: 'rotation', endSignal: 'TERM' })
      const file = `${folder.path}/url`
      const replace = (content: string) => {
        writeFileSync(`${file}.new`, content)
        renameSync(`${file}.new`, file)
      }
      replace(urlOf(first))
      const ledger = await startLedger({ DATABASE_URL_FILE: file, MIGRATE: 'never' })
      const countOf = async (user: string) => (await askServer(fresh.url, sessions(user))).length

      let isOver = false
      const statuses: number[] = []
      const load = Array.from({ length: 8 }, async (_, client) => {
        for (let count = 0; !isOver; count++) {
          statuses.push((await ledger.post('/entries', { name: `${client} ${count}` })).status)
          await sleep(5)
        }
      })
      await until('there was load', () => statuses.length > 50)
      assert.ok((await countOf(first)) > 0)

      const refusals = () => ledger.logs().filter(({ message }) => message === 'The new DATABASE_URL does not work yet; the one before it is kept')
      if (kind === 'postgres') {
        replace(urlOf(second, 'wrong'))
        await until('it told of the wrong password', () => refusals().length > 0)
      }
      replace(urlOf(second))
      await until('the new user was there', async () => (await countOf(second)) > 0)
      await until('the old user was gone', async () => (await countOf(first)) === 0, 2000)
      isOver = true
      await Promise.all(load)
      assert.deepEqual(new Set(statuses), new Set([201]))
      assert.equal(refusals().length, kind === 'postgres' ? 1 : 0)
      assert.ok(!ledger.logs().some((line) => JSON.stringify(line).includes('secret of')))

      const { used, idle = 99 } = await ledger.pool()
      assert.ok(used === 0 && idle <= 10)
      assert.equal(await ledger.stop(), 0)
      for (const user of [first, second]) for (const statement of drop(user)) await askServer(fresh.url, statement)
      await Promise.all([fresh.drop(), folder.remove()])
    })
  })
}
