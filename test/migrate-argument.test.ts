import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { databases, freshDatabase } from './databases/databases.ts'
import { startProcess } from './start-process.ts'

const LEDGER = 'test/fixtures/ledger/main.ts'
const TIMEOUT = { timeout: 60_000 }
const run = promisify(execFile)

function migrate(environment: Record<string, string>): Promise<{ stdout: string }> {
  const { PATH } = process.env
  return run(process.execPath, [LEDGER, 'migrate'], { env: { PATH, LOG_FORMAT: 'json', ...environment } })
}

const messagesOf = ({ stdout }: { stdout: string }) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message)

for (const kind of databases) {
  test(`a service on ${kind} that is called with migrate brings the schema up to date and ends`, TIMEOUT, async () => {
    const { url, drop } = await freshDatabase(kind)
    const environment = { DATABASE_URL: url, MIGRATE: 'never' }
    const messages = messagesOf(await migrate(environment))
    assert.deepEqual(messages.slice(0, 2), ['Migrating: 001-create-entry', 'Migrating: 002-create-audit'])
    assert.equal(messages.at(-1), 'Migrated: 2 applied; the schema is up to date')
    assert.deepEqual(messagesOf(await migrate(environment)), ['Migrated: 0 applied; the schema is up to date'])
    const ledger = await startProcess(LEDGER, environment)
    assert.match(await (await fetch(`${ledger.url}/metrics`)).text(), /^db_schema_dirty\{resource="\w+"\} 0$/m)
    assert.equal(await ledger.stop(), 0)
    await drop()
  })
}

describe('migrate', () => {
  test('ends with 78 on a wrong environment', TIMEOUT, async () => {
    await assert.rejects(migrate({ DATABASE_URL: 'nowhere' }), ({ code, stderr }: { code: number; stderr: string }) => {
      assert.match(stderr, /DATABASE_URL is not valid/)
      return code === 78
    })
  })

  test('is told of by db_schema_dirty while it has not been done', TIMEOUT, async () => {
    const { url, drop } = await freshDatabase('sqlite')
    const ledger = await startProcess(LEDGER, { DATABASE_URL: url, MIGRATE: 'never' }, false)
    for (const end = Date.now() + 20_000; ; ) {
      const text = await fetch(`${ledger.url}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      )
      if (/^db_schema_dirty\{resource="\w+"\} 1$/m.test(text)) break
      assert.ok(Date.now() < end, text)
    }
    assert.equal(await ledger.stop(), 0)
    await drop()
  })
})
