import { byteStream, type Database, database, defineRoute, defineService, type Route } from '@slipway/chassis'
import { z } from 'zod'
import { readPassengers } from './csv.ts'
import createPassenger from './migrations/001-create-passenger.ts'
import firstPassengers from './migrations/002-first-passengers.ts'
import { passenger, type Tables } from './passenger.ts'
import { passengers } from './passengers.ts'
import { Spool } from './spool.ts'

/** Rows that are written at once. */
const IMPORT_BATCH = 500
const MAX_IMPORT_BYTES = 64 * 2 ** 20
/** In memory about 15,000 rows of a file; on the disk three of the largest files. */
const uploads = new Spool({ inMemory: 2 ** 20, onDisk: 3 * MAX_IMPORT_BYTES })

type Context = { db: Database<Tables> }
const { list, create, read, replace, remove, store } = passengers

const importFile = defineRoute({
  method: 'POST',
  path: '/passengers',
  summary: 'Import passengers from CSV',
  description:
    'All rows are imported, or none. The columns are `Survived,Pclass,Name,Sex,Age,Siblings/Spouses Aboard,Parents/Children Aboard,Fare`, in any order; underscores may stand for slashes and blanks.',
  accepts: ['text/csv'],
  body: byteStream(),
  maxBodyBytes: MAX_IMPORT_BYTES,
  deadline: 60,
  response: z.object({ imported: z.int() }),
  errors: ['validation_failed', 'malformed_body', 'resource_unavailable'],
  async handler({ body }, { db }: Context) {
    // A transaction keeps a connection, and on SQLite every other writer waiting, so it begins when nobody has to be waited for any more.
    const file = await uploads.read(body)
    try {
      return await db.transaction(async (transaction) => {
        let imported = 0
        for await (const batch of readPassengers(file.bytes(), IMPORT_BATCH)) {
          await store.createMany(transaction, batch)
          imported += batch.length
        }
        return { imported }
      })
    } finally {
      await file.close()
    }
  },
})

const listAll = defineRoute({
  method: 'GET',
  path: '/passengerlist',
  summary: 'Every passenger',
  deprecated: true,
  response: z.array(passenger),
  errors: ['resource_unavailable'],
  handler: (_input, { db }: Context) => store.all(db),
})

const hello = defineRoute({
  method: 'GET',
  path: '/hello',
  summary: 'Whether the service answers',
  response: z.object({ message: z.literal('ok') }),
  handler: () => ({ message: 'ok' as const }),
})

const zero = defineRoute({
  method: 'GET',
  path: '/zero',
  summary: 'Nothing, under the name of zero',
  response: z.object({ '0': z.literal('') }),
  handler: () => ({ '0': '' as const }),
})

/** The same route under the path that it used to have. */
function formerly<Former extends Route>(route: Former, path: string): Former {
  return { ...route, path, deprecated: true }
}

export default defineService(
  {
    name: 'passengers',
    summary: 'Keeps a list of passengers, and imports them from CSV.',
    resources: { db: database<Tables>({ name: 'passengers', migrations: [createPassenger, firstPassengers] }) },
  },
  [
    list,
    create,
    importFile,
    read,
    replace,
    remove,
    hello,
    zero,
    listAll,
    formerly(read, '/getpassenger/{uuid}'),
    formerly(create, '/postpassenger'),
    formerly(importFile, '/postpassenger'),
    formerly(replace, '/putpassenger/{uuid}'),
    formerly(remove, '/deletepassenger/{uuid}'),
  ],
)
