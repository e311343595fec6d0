import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileMigration } from '../../packages/chassis/src/resources/database/migration.ts'
import { applyMigrations } from '../../test/databases/apply-migrations.ts'
import { databases } from '../../test/databases/databases.ts'
import { assertProblem, type OpenService, useService } from '../../test/open-service.ts'
import { rawRequest, statusOf } from '../../test/raw-request.ts'
import createUser from './migrations/001-create-user.ts'
import inventedUsers from './migrations/002-invented-users.ts'
import service from './service.ts'

const KAREN =
  '{"createId":"user","createTime":"2009-02-18T13:40:27+00:00","id":482,"modId":"user","modTime":"2008-12-18T19:17:14+00:00","affiliation":"University Of Cambridge","email":"ruizjason@gmail.com","fullName":"Timothy Buchanan","name":"Karen482","orcidId":"16799"}'

/** Of the invented users, in the order of their ids. */
const NAMES = compileMigration(inventedUsers, 'sqlite')
  .statements.flatMap(({ parameters }) => parameters)
  .filter((_, index) => index % 10 === 8) as string[]

async function lookupsOf({ send }: OpenService): Promise<Record<string, number>> {
  const lines = String((await send('GET', '/metrics')).body).matchAll(/^users_lookups_total\{.*outcome="(\w+)".*\} (\d+)$/gm)
  return Object.fromEntries([...lines].map(([, outcome, count]) => [outcome, Number(count)]))
}

for (const kind of databases) {
  describe(`users on ${kind}`, () => {
    // On a server the table is somebody else's: the service reads it, and makes nothing.
    const prepare = async (url: string) => (kind === 'sqlite' ? undefined : applyMigrations(url, [createUser, inventedUsers]))
    const open = useService(service, kind, prepare)

    test('Karen482 to the byte, and all 500', { timeout: 60_000 }, async () => {
      const users = await open()
      const answer = await fetch(`http://127.0.0.1:${users.port}/icat/Karen482`)
      assert.deepEqual([answer.status, answer.headers.get('content-type'), await answer.text()], [200, 'application/json', KAREN])
      assert.equal((await users.send('GET', '/icat/%4baren482/')).body.id, 482)
      const ids: number[] = []
      for (let start = 0; start < NAMES.length; start += 50) {
        const answers = await Promise.all(NAMES.slice(start, start + 50).map((name) => users.send('GET', `/icat/${name}`)))
        for (const { status, body } of answers) {
          assert.equal(status, 200)
          for (const time of [body.createTime, body.modTime]) assert.match(time, /^20(0\d|1[0-4])-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
          ids.push(body.id)
        }
      }
      assert.deepEqual(
        ids,
        Array.from({ length: 500 }, (_, index) => index + 1),
      )
      assert.deepEqual(await lookupsOf(users), { found: 502 })
    })

    test('who is unknown is 404, however the name is written', { timeout: 60_000 }, async () => {
      const users = await open()
      const emoji = '🚢'
      const unknown = ['Nobody', 'karen482', 'KAREN482', 'Karen482 ', ' Karen482', 'Karen48', 'Karen4822', 'Karen482\t', 'K\u00e1ren482', 'Ｋaren482']
      const hostile = [
        `O'Brien`,
        `"`,
        '`',
        '\\',
        `' OR '1'='1`,
        `'; DROP TABLE USER_; --`,
        'Karen482" --',
        '%',
        '_aren482',
        'Karen%',
        '*',
        '?',
        ';',
        '\u0001',
        emoji,
      ]
      const long = ['x'.repeat(255), 'x'.repeat(256), 'x'.repeat(5000), emoji.repeat(255), emoji.repeat(256), 'constructor', '__proto__']
      const before = (await lookupsOf(users)).unknown ?? 0
      for (const name of [...unknown, ...hostile, ...long]) {
        const answer = await users.send('GET', `/icat/${encodeURIComponent(name)}`)
        assertProblem(answer, 404, 'not_found')
        assert.match(answer.body.detail, /^There is no user "/)
      }
      assert.equal((await lookupsOf(users)).unknown, before + unknown.length + hostile.length + long.length)
      for (const path of ['/icat/%00', '/icat/Karen482%00', '/icat/%ff', '/icat/%', '/icat/%ed%a0%80'])
        assertProblem(await users.send('GET', path), 400, 'malformed_path')
      const raw = await rawRequest(users.port, Buffer.from('GET /icat/Z\xc3\x28\xff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 'latin1'))
      assert.ok([400, 404].includes(statusOf(raw)), 'bytes that are no UTF-8')
      for (const path of ['/icat', '/icat/', '/icat/a/b']) assertProblem(await users.send('GET', path), 404, 'unknown_path')
      const answer = await users.send('DELETE', '/icat/Karen482')
      assertProblem(answer, 405, 'method_not_allowed')
      assert.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS')
      assert.equal((await users.send('GET', '/icat/Karen482')).status, 200, 'nothing of it has done any harm')
    })

    test('/version, /healthz and /metrics', { timeout: 60_000 }, async () => {
      const users = await open()
      assert.equal((await users.send('GET', '/version')).status, 200)
      assert.equal((await users.send('GET', '/healthz')).status, 200)
      assert.match(String((await users.send('GET', '/metrics')).body), /^# TYPE users_lookups_total counter$/m)
    })
  })
}
