import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { askServer } from '../../../../../test/databases/ask-server.ts'
import { sharedServer } from '../../../../../test/databases/databases.ts'
import { type Certificates, makeCertificates } from '../../../../../test/databases/make-certificates.ts'
import { startMariadb } from '../../../../../test/databases/start-mariadb.ts'
import { startPostgres } from '../../../../../test/databases/start-postgres.ts'
import { makeThrowawayFolder } from '../../../../../test/databases/throwaway-folder.ts'
import type { ThrowawayServer } from '../../../../../test/databases/throwaway-server.ts'
import type { DatabaseConfig } from './database-config.ts'
import { databaseErrorKind } from './database-error.ts'
import { openItems } from './open-database.fixture.ts'

/** A server whose certificate is for `host`, and how a session tells that it is encrypted. */
interface TlsKind {
  kind: 'postgres' | 'mariadb'
  start(certificates: Certificates, host: string): Promise<ThrowawayServer>
  isEncrypted: string
  path: string
}

const kinds: readonly TlsKind[] = [
  {
    kind: 'postgres',
    async start(certificates, host) {
      const server = await startPostgres()
      const { certificate, key } = certificates.forHost(host)
      const { uid, gid } = statSync(`${server.folder}/data`)
      // PostgreSQL takes a key that nobody else can read.
      execFileSync('install', ['-m', '600', '-o', String(uid), '-g', String(gid), key, `${server.folder}/key`])
      for (const setting of [`ssl_cert_file = '${certificate}'`, `ssl_key_file = '${server.folder}/key'`, 'ssl = on'])
        await askServer(server.url, `ALTER SYSTEM SET ${setting}`)
      await server.restart()
      return server
    },
    isEncrypted: 'SELECT CASE WHEN ssl THEN 1 ELSE 0 END AS encrypted FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    path: '/postgres',
  },
  {
    kind: 'mariadb',
    start(certificates, host) {
      const { certificate, key } = certificates.forHost(host)
      return startMariadb([`--ssl-cert=${certificate}`, `--ssl-key=${key}`])
    },
    isEncrypted: "SELECT IF(VARIABLE_VALUE = '', 0, 1) AS encrypted FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'",
    path: '/mysql',
  },
]

for (const { kind, start, isEncrypted, path } of kinds) {
  describe(`TLS to ${kind}`, () => {
    test('is used as DATABASE_TLS, DATABASE_CA and the URL say, and refused where it is not what they say', { timeout: 60_000 }, async () => {
      const folder = await makeThrowawayFolder({ purpose: 'tls', endSignal: 'TERM' })
      const certificates = makeCertificates(folder.path)
      const { ca, otherCa } = certificates
      const [right, wrong] = await Promise.all([start(certificates, 'localhost'), start(certificates, 'elsewhere.test')])
      const urlOf = (server: ThrowawayServer, hostname = 'localhost', search = '') =>
        Object.assign(new URL(server.url), { pathname: path, hostname, search }).href
      const openWith = (url: string, config: Partial<DatabaseConfig>) => openItems(url, { migrations: [], config })
      const assertEncrypted = async (url: string, config: Partial<DatabaseConfig>, expected: number) => {
        const { db, open } = await openWith(url, config)
        assert.equal(Number((await db.first(sql<{ encrypted: number }>`${sql.raw(isEncrypted)}`))?.encrypted), expected)
        await open.close()
      }
      const assertRefused = (url: string, config: Partial<DatabaseConfig>, reason: RegExp) =>
        assert.rejects(openWith(url, config), (error: Error) => {
          assert.match(error.message, reason)
          assert.equal(databaseErrorKind(error), 'unavailable')
          return true
        })

      await assertEncrypted(urlOf(right), {}, 0)
      await assertEncrypted(urlOf(right), { DATABASE_TLS: 'require' }, 1)
      await assertEncrypted(urlOf(wrong), { DATABASE_TLS: 'require' }, 1)
      await assertEncrypted(urlOf(right), { DATABASE_TLS: 'verify', DATABASE_CA: ca }, 1)
      await assertEncrypted(urlOf(right, 'localhost', '?sslmode=verify-full'), { DATABASE_CA: ca }, 1)
      await assertRefused(urlOf(right), { DATABASE_TLS: 'verify', DATABASE_CA: otherCa }, /certificate|self.signed|unable to/i)
      await assertRefused(urlOf(right), { DATABASE_TLS: 'verify' }, /certificate|self.signed|unable to/i)
      await assertRefused(urlOf(wrong), { DATABASE_TLS: 'verify', DATABASE_CA: ca }, /altnames|does not match/i)
      // An address is what the certificate has to be for, then.
      const address = openWith(urlOf(right, '127.0.0.1'), { DATABASE_TLS: 'verify', DATABASE_CA: ca })
      await assert.rejects(address, /altnames|does not match|must name the host, not its address/i)
      const plain = Object.assign(new URL(sharedServer(kind)), { pathname: path }).href
      await assertRefused(plain, { DATABASE_TLS: 'require' }, /does not support (SSL|secure)/i)
      await Promise.all([right.stop(), wrong.stop(), folder.remove()])
    })
  })
}
