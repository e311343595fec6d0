import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { applyMigrations } from '../../test/databases/apply-migrations.ts'
import { freshDatabase, sharedServer } from '../../test/databases/databases.ts'
import { openConnection } from '../../test/databases/open-connection.ts'
import { startProcess } from '../../test/start-process.ts'
import createUser from './migrations/001-create-user.ts'
import inventedUsers from './migrations/002-invented-users.ts'

async function waitFor(url: string, status: number): Promise<void> {
  const startedAt = performance.now()
  while ((await statusOf(url)) !== status) {
    assert.ok(performance.now() - startedAt < 60_000, `${url} was not ${status} within a minute.`)
    await sleep(50)
  }
}

/** 0 where nobody answers. */
function statusOf(url: string): Promise<number> {
  return fetch(url).then(
    ({ status }) => status,
    () => 0,
  )
}

describe('users, started before their database is there', () => {
  for (const kind of ['postgres', 'mariadb'] as const) {
    test(`${kind}: live and not ready, and it recovers without a restart`, { timeout: 120_000 }, async () => {
      const { url, drop } = await freshDatabase(kind)
      const name = new URL(url).pathname.slice(1)
      await drop()
      const users = await startProcess('services/users/main.ts', { DATABASE_URL: url }, false)
      try {
        await waitFor(`${users.url}/livez`, 200)
        assert.equal(await statusOf(`${users.url}/readyz`), 503)
        const refused = await fetch(`${users.url}/icat/Karen482`)
        assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [503, 'not_ready'])
        assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
        const server = await openConnection(sharedServer(kind))
        await server.run(`CREATE DATABASE ${name}`)
        await server.close()
        await applyMigrations(url, [createUser, inventedUsers])
        await waitFor(`${users.url}/readyz`, 200)
        assert.equal(await statusOf(`${users.url}/icat/Karen482`), 200)
        assert.equal(await statusOf(`${users.url}/livez`), 200)
      } finally {
        await users.stop()
        await drop()
      }
    })
  }
})
