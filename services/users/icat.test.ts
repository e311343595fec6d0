import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { freshDatabase } from '../../test/databases/databases.ts'
import { openConnection, type TestConnection } from '../../test/databases/open-connection.ts'
import { assertProblem, openService } from '../../test/open-service.ts'
import service from './service.ts'

/** The table as ICAT makes it, on servers of several ages. */
const tables: Readonly<Record<string, string>> = {
  'utf8mb4 without regard to case': 'DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci',
  'utf8mb4 without regard to case or accents': 'DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci',
  utf8mb3: 'DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci',
  latin1: 'DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci',
  utf8mb4_bin: 'DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin',
}

const createTable = (options: string, time: string) => `CREATE TABLE USER_ (
  ID bigint(20) NOT NULL AUTO_INCREMENT,
  AFFILIATION varchar(255) DEFAULT NULL,
  CREATE_ID varchar(255) NOT NULL,
  CREATE_TIME ${time} NOT NULL,
  EMAIL varchar(255) DEFAULT NULL,
  FAMILYNAME varchar(255) DEFAULT NULL,
  FULLNAME varchar(255) DEFAULT NULL,
  GIVENNAME varchar(255) DEFAULT NULL,
  MOD_ID varchar(255) NOT NULL,
  MOD_TIME ${time} NOT NULL,
  NAME varchar(255) NOT NULL,
  ORCIDID varchar(255) DEFAULT NULL,
  PRIMARY KEY (ID),
  KEY NAME_OF_USER (NAME)
) ENGINE=InnoDB AUTO_INCREMENT=1000 ${options}`

const NAMES = ['Karen482', 'karen482', 'KAREN482', 'Karen482 ', 'O\'Brien "x" \\', 'x'.repeat(255), 'Zoë', 'Zoe', 'Karen482']
const UNKNOWN = ['kAREN482', 'Karen482  ', 'ZOË', 'Zoé', '🚢', '漢字', `o'brien "x" \\`, 'x'.repeat(256)]
const FACTS = {
  createId: 'user',
  createTime: '2009-02-18T13:40:27+00:00',
  modId: 'user',
  modTime: '2008-12-18T19:17:14+00:00',
  affiliation: null,
  email: null,
  orcidId: null,
}

describe("users on a MariaDB that is ICAT's", () => {
  for (const [what, options] of Object.entries(tables)) {
    for (const time of ['datetime', 'datetime(3)', 'timestamp']) {
      test(`${what}, ${time}: one user for each name, by an account that may only read`, { timeout: 60_000 }, async () => {
        const { url, drop } = await freshDatabase('mariadb')
        const owner = await openConnection(url)
        await owner.run(createTable(options, time))
        for (const [index, name] of NAMES.entries())
          await owner.run(
            "INSERT INTO USER_ (CREATE_ID, CREATE_TIME, MOD_ID, MOD_TIME, NAME, FULLNAME) VALUES ('user', '2009-02-18 13:40:27', 'user', '2008-12-18 19:17:14', ?, ?)",
            [name, `Number ${index}`],
          )
        const reader = await createReader(owner, url)
        const users = await openService(service, { DATABASE_URL: reader.url })
        try {
          for (const [index, name] of NAMES.slice(0, -1).entries()) {
            const { status, body } = await users.send('GET', `/icat/${encodeURIComponent(name)}`)
            assert.equal(status, 200, name)
            assert.deepEqual(body, { ...FACTS, id: 1000 + index, fullName: `Number ${index}`, name })
          }
          for (const name of UNKNOWN) assertProblem(await users.send('GET', `/icat/${encodeURIComponent(name)}`), 404, 'not_found')
        } finally {
          await users.close()
          await reader.drop()
          await owner.close()
          await drop()
        }
      })
    }
  }
})

/** An account that may read the one table, and nothing else. */
async function createReader(owner: TestConnection, ownUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const url = new URL(ownUrl)
  url.username = `reader_${crypto.randomUUID().slice(0, 8)}`
  url.password = 'p%40ss'
  await owner.run(`CREATE USER '${url.username}'@'%' IDENTIFIED BY 'p@ss'`)
  await owner.run(`GRANT SELECT ON ${url.pathname.slice(1)}.USER_ TO '${url.username}'@'%'`)
  return { url: url.href, drop: () => owner.run(`DROP USER '${url.username}'@'%'`) }
}
