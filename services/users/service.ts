import { counter, type Database, database, defineRoute, defineService, ServiceError, statement } from '@slipway/chassis'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import createUser from './migrations/001-create-user.ts'
import inventedUsers from './migrations/002-invented-users.ts'
import type { Tables } from './tables.ts'

const MAX_NAME = 255

const text = z.string().nullable()
const time = z.string().meta({ format: 'date-time' })
const user = z
  .object({
    createId: z.string(),
    createTime: time,
    id: z.int(),
    modId: z.string(),
    modTime: time,
    affiliation: text,
    email: text,
    fullName: text,
    name: z.string(),
    orcidId: text,
  })
  .meta({ id: 'User' })

const COLUMNS = ['ID', 'CREATE_ID', 'CREATE_TIME', 'MOD_ID', 'MOD_TIME', 'AFFILIATION', 'EMAIL', 'FULLNAME', 'NAME', 'ORCIDID'] as const

/** A server may compare without regard to case or blanks at the end, and so find several. */
const usersLike = statement((query: Kysely<Tables>, { name }: { name: string }) =>
  query.selectFrom('USER_').select(COLUMNS).where('NAME', '=', name).orderBy('ID').limit(100),
)

/** MariaDB's number of the error that two texts can't be compared: a table in an old character set has no such characters, and so no such user. */
const INCOMPARABLE = 1267

async function findLike(db: Database<Tables>, name: string) {
  // What no name can be is not worth a query. A database counts characters; outside of the basic plane, one is two for JavaScript.
  if (name.length > 2 * MAX_NAME || [...name].length > MAX_NAME) return []
  return db.all(usersLike, { name }).catch((error: { errno?: number; cause?: { errno?: number } }) => {
    if ((error.errno ?? error.cause?.errno) === INCOMPARABLE) return []
    throw error
  })
}

/** ISO 8601 with its offset; what the database holds is UTC, written `2009-02-18 13:40:27`. */
function timeOf(stored: string): string {
  return `${stored.slice(0, 19).replace(' ', 'T')}+00:00`
}

function userOf(row: Tables['USER_']): z.output<typeof user> {
  return {
    createId: row.CREATE_ID,
    createTime: timeOf(row.CREATE_TIME),
    id: row.ID,
    modId: row.MOD_ID,
    modTime: timeOf(row.MOD_TIME),
    affiliation: row.AFFILIATION,
    email: row.EMAIL,
    fullName: row.FULLNAME,
    name: row.NAME,
    orcidId: row.ORCIDID,
  }
}

const unknown = (name: string) => new ServiceError('not_found', `There is no user ${JSON.stringify(name.slice(0, MAX_NAME))}.`)

export default defineService(
  {
    name: 'users',
    summary: 'Looks users up in an ICAT database.',
    resources: { db: database<Tables>({ name: 'users', migrations: [createUser, inventedUsers], isReadOnly: true }) },
    metrics: { lookups: counter({ name: 'users_lookups_total', help: 'Lookups of users, by outcome.', labels: ['outcome'] }) },
  },
  [
    defineRoute({
      method: 'GET',
      path: '/icat/{username}',
      summary: 'The user of that name',
      response: user,
      errors: ['not_found', 'resource_unavailable'],
      async handler({ params: { username } }, { db, metrics }) {
        const rows = await findLike(db, username).catch((error: unknown) => {
          metrics.lookups.increment({ outcome: 'failed' })
          throw error
        })
        const found = rows.find(({ NAME }) => NAME === username)
        metrics.lookups.increment({ outcome: found ? 'found' : 'unknown' })
        if (!found) throw unknown(username)
        return userOf(found)
      },
    }),
  ],
)
