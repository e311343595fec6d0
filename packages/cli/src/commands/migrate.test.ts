import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { askServer } from '../../../../test/databases/ask-server.ts'
import { freshDatabase } from '../../../../test/databases/databases.ts'
import { Cli, PROJECT, runCli } from '../cli.fixture.ts'

const STACK = `import { defineStack } from '@slipway/cli'
import greeter from './services/greeter/service.ts'
import ledger from './services/ledger/service.ts'

export default defineStack({
  deployments: [
    { service: ledger, name: 'north', namespace: 'north', host: 'north.example.com' },
    { service: ledger, name: 'south', namespace: 'south', host: 'south.example.com' },
    { service: greeter, name: 'greeter', namespace: 'greeter', host: 'greeter.example.com' },
  ],
})
`

/** A project of its own: two deployments of a service with a database, and one without. */
function createLedgerProject(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')))
  cpSync(join(PROJECT, 'services', 'greeter'), join(folder, 'services', 'greeter'), { recursive: true })
  cpSync(join(PROJECT, 'test', 'fixtures', 'ledger'), join(folder, 'services', 'ledger'), { recursive: true })
  writeFileSync(join(folder, 'slipway.config.ts'), STACK)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

describe('slipway migrate', () => {
  const folder = createLedgerProject()
  after(() => rmSync(folder, { recursive: true, force: true }))
  const migrate = (args: readonly string[], environment: Record<string, string> = {}) =>
    runCli(['migrate', ...args], { cwd: join(folder, 'services'), environment })

  it('applies what is pending to the file that slipway dev uses, and tells of it', { timeout: 40_000 }, async () => {
    assert.deepEqual(await migrate(['north', '--status']), {
      code: 0,
      stdout: 'MIGRATION         STATE    WHEN\n001-create-entry  pending\n002-create-audit  pending\n',
      stderr: '',
    })
    assert.deepEqual(await migrate(['north']), {
      code: 0,
      stdout: '2 applied; the schema is up to date.\n',
      stderr: 'Migrating: 001-create-entry\nMigrating: 002-create-audit\nThe schema is at 002-create-audit\n',
    })
    assert.deepEqual(await migrate(['north']), { code: 0, stdout: 'The schema is up to date.\n', stderr: '' })
    assert.match((await migrate(['north', '--status'])).stdout, /\n001-create-entry {2}applied {2}\d{4}-\d\d-\d\dT[\d:.]+Z\n/)
    const { stdout } = await migrate(['north', '--status', '--json'], { LEDGER_VERSION: 'old' })
    const { applied, migrations } = JSON.parse(stdout) as { applied: unknown[]; migrations: { resource: string; name: string; state: string }[] }
    assert.deepEqual(applied, [])
    assert.deepEqual(
      migrations.map(({ resource, name, state }) => [resource, name, state]),
      [
        ['db', '001-create-entry', 'applied'],
        ['db', '002-create-audit', 'unknown'],
      ],
    )
    assert.ok(existsSync(join(folder, 'data', 'north.db')))
    assert.ok(!existsSync(join(folder, 'data', 'south.db')))
  })

  it('explains what it refuses', { timeout: 40_000 }, async () => {
    await migrate(['south'])
    const newer = await migrate(['south'], { LEDGER_VERSION: 'old' })
    assert.deepEqual([newer.code, newer.stdout], [1, ''])
    assert.match(newer.stderr, /^The database is newer than the code: it has the migration 002-create-audit, [^\n]*\n$/)
    const settled = await migrate(['south', '--forget', '002-create-audit'])
    assert.deepEqual([settled.code, settled.stdout], [1, ''])
    assert.equal(settled.stderr, 'The migration 002-create-audit did not break off half-way: it is applied. Nothing was changed.\n')
    const unknown = await migrate(['nort'])
    assert.equal(unknown.code, 2)
    assert.equal(unknown.stderr, 'There is no deployment named "nort"; the stack has north, south, greeter.\n')
    const without = await migrate(['greeter'])
    assert.equal(without.code, 1)
    assert.equal(without.stderr, 'The service greeter of greeter has no database, so there is nothing to migrate.\n')
    const wrong = await migrate(['south'], { DATABASE_URL: 'redis://user:hunter2@host/db' })
    assert.equal(wrong.code, 78)
    assert.match(wrong.stderr, /DATABASE_URL is not valid: It must start with sqlite:, postgres: or mysql:; its value is not shown/)
    assert.ok(!wrong.stderr.includes('hunter2'))
    const away = await migrate(['south'], { DATABASE_URL: 'postgres://127.0.0.1:1/ledger' })
    assert.equal(away.code, 1)
    assert.match(away.stderr, /^connect ECONNREFUSED 127\.0\.0\.1:1\n$|^[^\n]*refused[^\n]*\n$/i)
    assert.equal((await migrate(['south', '--applied', 'a', '--forget', 'b'])).code, 2)
    assert.equal((await migrate([])).code, 2)
  })

  it('settles what broke off half-way on MariaDB', { timeout: 60_000 }, async () => {
    const { url, drop } = await freshDatabase('mariadb')
    const environment = { DATABASE_URL: url, LEDGER_VERSION: 'broken' }
    const failed = await migrate(['north'], environment)
    assert.deepEqual([failed.code, failed.stdout], [1, ''])
    assert.match(failed.stderr, /\nThe migration 003-broken broke off at statement 2 of 2: Unknown column 'no_such_column' [^\n]*\n$/)
    const refused = await migrate(['north'], environment)
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^The migration 003-broken broke off half-way, [^\n]*--applied 003-broken [^\n]*--forget 003-broken [^\n]*\n$/)
    assert.match((await migrate(['north', '--status'], environment)).stdout, /\n003-broken {8}running {2}\d{4}-/)

    const forgotten = await migrate(['north', '--forget', '003-broken'], environment)
    assert.deepEqual(forgotten, { code: 0, stdout: '1 to apply; run slipway migrate.\n', stderr: '' })
    assert.match((await migrate(['north', '--status'], environment)).stdout, /\n003-broken {8}pending\n/)
    await askServer(url, "INSERT INTO slipway_migration VALUES ('003-broken', '', 'running', '2026-01-01T00:00:00.000Z')")
    const settled = await migrate(['north', '--applied', '003-broken'], environment)
    assert.deepEqual(settled, { code: 0, stdout: 'The schema is up to date.\n', stderr: '' })
    await drop()
  })

  it('ends its wait for another run at a signal', { timeout: 60_000 }, async () => {
    const { url, drop } = await freshDatabase('mariadb')
    const holder = await createConnection({ uri: url })
    await holder.query("SELECT GET_LOCK(CONCAT(DATABASE(), '.slipway_migration'), 0)")
    const cli = new Cli(['migrate', 'north'], { cwd: folder, environment: { DATABASE_URL: url } })
    await cli.until(({ stderr }) => stderr.includes('Another process is migrating, or has the database locked; waiting for it\n'))
    assert.equal((await cli.kill('SIGTERM')).code, 1)
    assert.match(cli.stderr, /\nStopped by a signal; the migrations that were done stay done\.\n$/)
    await holder.end()
    await drop()
  })
})
