import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databaseConfig } from './database-config.ts'
import { networkNeed, parseDatabaseUrl } from './database-url.ts'

describe('parseDatabaseUrl', () => {
  test('reads what is in use', () => {
    assert.equal(parseDatabaseUrl('sqlite:data/users.db').path, 'data/users.db')
    assert.equal(parseDatabaseUrl('sqlite:///var/lib/users.db').path, '/var/lib/users.db')
    assert.equal(parseDatabaseUrl('sqlite::memory:').path, ':memory:')
    const { system, host, port, user, password, database, tls } = parseDatabaseUrl('postgresql://us%40er:p%3A%2F@[::1]/users?sslmode=verify-full')
    assert.deepEqual(
      { system, host, port, user, password, database, tls },
      { system: 'postgresql', host: '::1', port: 5432, user: 'us@er', password: 'p:/', database: 'users', tls: 'verify' },
    )
    assert.deepEqual(networkNeed('mysql://db.example.com/users'), [{ host: 'db.example.com', port: 3306 }])
    assert.deepEqual([networkNeed('sqlite:a.db'), networkNeed(undefined)], [[], []])
  })

  for (const [text, reason] of [
    ['redis://user:hunter2@host/db', /start with sqlite:, postgres: or mysql:$/],
    ['hunter2', /start with sqlite:, postgres: or mysql:$/],
    ['', /start with sqlite:, postgres: or mysql:$/],
    ['postgres://user:hunter2#x@host/db', /It is no URL; in a user or password, write/],
    ['postgres://user:hunter2@host', /must name a host and a database/],
    ['postgres://user:hunter2@host/db?password=hunter2', /^It is not valid|The parameter password is not understood/],
    ['mysql://user:hunter2@host/db?sslmode=prefer', /The parameter sslmode=prefer is not understood/],
    ['postgres://user:%hunter2@host/db', /%/],
    ['sqlite:', /must name a file/],
    ['sqlite://hunter2/x.db', /must name a file/],
    ['sqlite:a.db?key=hunter2', /takes no parameters/],
  ] as const) {
    test(`refuses ${JSON.stringify(text)}, and does not show it`, () => {
      const { error } = databaseConfig('sqlite:a.db').DATABASE_URL.safeParse(text)
      const [message = ''] = error?.issues.map((issue) => issue.message) ?? []
      assert.match(message, reason)
      assert.ok(!message.includes('hunter2'))
    })
  }
})
