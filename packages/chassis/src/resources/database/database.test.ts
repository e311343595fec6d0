import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { databases, freshDatabase } from '../../../../../test/databases/databases.ts'
import { ServiceError } from '../../definition/service-error.ts'
import type { Database } from './database-handle.ts'
import { migration } from './migration.ts'
import { type ItemTables, openItems, scopeOf } from './open-database.fixture.ts'
import { statement } from './statement.ts'

const createItem = migration('001-create-item', ({ query, type }) => [
  query.schema
    .createTable('item')
    .addColumn('position', type.serial)
    .addColumn('name', type.text(20), (column) => column.notNull().unique())
    .addColumn('amount', type.double)
    .addColumn('note', type.longText),
])

const itemByName = statement((query: Kysely<ItemTables>, { name }: { name: string }) =>
  query.selectFrom('item').select(['name', 'amount', 'note']).where('name', '=', name),
)
const insertItem = statement((query: Kysely<ItemTables>, { name, amount }: { name: string; amount: number | null }) =>
  query.insertInto('item').values({ name, amount, note: null } as never),
)
const setAmount = statement((query: Kysely<ItemTables>, { name, amount }: { name: string; amount: number }) =>
  query.updateTable('item').set({ amount }).where('name', '=', name),
)

const codeOf = (error: unknown) => (error instanceof ServiceError ? error.code : String(error))

for (const kind of databases) {
  describe(`a database on ${kind}`, () => {
    async function withItems(work: (items: Awaited<ReturnType<typeof openItems>>) => Promise<void>, config = {}): Promise<void> {
      const { url, drop } = await freshDatabase(kind)
      const items = await openItems(url, { migrations: [createItem], config })
      try {
        await work(items)
      } finally {
        await items.open.close()
        await drop()
      }
    }

    test('runs statements and queries, and tells of them', { timeout: 30_000 }, () =>
      withItems(async ({ db, open, observations }) => {
        assert.equal(await db.run(insertItem, { name: "O'Dwyer", amount: 1.5 }), 1)
        assert.deepEqual({ ...(await db.first(itemByName, { name: "O'Dwyer" })) }, { name: "O'Dwyer", amount: 1.5, note: null })
        assert.equal(await db.first(itemByName, { name: "' OR 1=1 --" }), undefined)
        assert.equal(await db.run(setAmount, { name: "O'Dwyer", amount: 1.5 }), 1, 'rows that were found count, changed or not')
        const many = db.query.selectFrom('item').select('name').where('amount', '>', 1)
        assert.deepEqual(
          (await db.all(many)).map(({ name }) => name),
          ["O'Dwyer"],
        )
        const spans: string[] = []
        await open.forRequest?.(scopeOf(1000, spans)).first(itemByName, { name: 'x' })
        assert.deepEqual(spans, ['SELECT item'])
        assert.ok(observations.some(({ labels }) => labels.db_operation_name === 'INSERT' && labels.db_collection_name === 'item'))
        assert.ok(!JSON.stringify(observations).includes('Dwyer'))
        await assert.rejects(db.query.selectFrom('item').selectAll().execute(), /run by handing it to the database/)
      }),
    )

    test('tells a duplicate, a value that does not fit and a mistake apart', { timeout: 30_000 }, () =>
      withItems(async ({ db }) => {
        await db.run(insertItem, { name: 'a', amount: null })
        await assert.rejects(db.run(insertItem, { name: 'a', amount: 1 }), (error) => codeOf(error) === 'conflict')
        await assert.rejects(db.all(sql`SELECT nonsense FROM nothing`), /nothing/)
        if (kind === 'sqlite') return
        await assert.rejects(db.run(insertItem, { name: 'x'.repeat(21), amount: 1 }), (error) => codeOf(error) === 'validation_failed')
      }),
    )

    test('rolls a transaction back as a whole, and leaks no connection over 1,000 failures', { timeout: 120_000 }, () =>
      withItems(async ({ db, gauge }) => {
        await db.run(insertItem, { name: 'taken', amount: 0 })
        const fail = () =>
          db.transaction(async (transaction) => {
            await transaction.run(setAmount, { name: 'taken', amount: 7 })
            await transaction.run(insertItem, { name: 'taken', amount: 1 })
          })
        for (let round = 0; round < 20; round++) {
          const outcomes = await Promise.allSettled(Array.from({ length: 50 }, fail))
          assert.deepEqual(new Set(outcomes.map((outcome) => outcome.status === 'rejected' && codeOf(outcome.reason))), new Set(['conflict']))
        }
        assert.equal((await db.first(itemByName, { name: 'taken' }))?.amount, 0)
        assert.equal(gauge('db_client_connection_count', 'used'), 0)
        assert.equal(gauge('db_client_connection_pending_requests'), 0)
        assert.ok((gauge('db_client_connection_count', 'idle') ?? 99) <= 10)
      }),
    )

    test('runs a transaction again that lost to another one', { timeout: 60_000 }, () =>
      withItems(async ({ db }) => {
        await db.run(insertItem, { name: 'counter', amount: 0 })
        const increment = () =>
          db.transaction(
            async (transaction) => {
              const row = await transaction.first(itemByName, { name: 'counter' })
              await sleep(1)
              await transaction.run(setAmount, { name: 'counter', amount: (row?.amount ?? 0) + 1 })
            },
            { isolation: 'serializable' },
          )
        await Promise.all(Array.from({ length: 8 }, increment))
        assert.equal((await db.first(itemByName, { name: 'counter' }))?.amount, 8)
      }),
    )

    test('gives up at the deadline, with 503, and does not leak the connection', { timeout: 60_000 }, () =>
      withItems(
        async ({ db, open, gauge }) => {
          await db.run(insertItem, { name: 'locked', amount: 0 })
          let finish = () => {}
          const held = new Promise<void>((resolve) => {
            finish = resolve
          })
          const holder = db.transaction(async (transaction) => {
            await transaction.run(setAmount, { name: 'locked', amount: 1 })
            await held
          })
          await sleep(100)
          const startedAt = performance.now()
          const request = open.forRequest?.(scopeOf(600)) as Database<ItemTables>
          await assert.rejects(request.run(setAmount, { name: 'locked', amount: 2 }), (error) => codeOf(error) === 'resource_unavailable')
          assert.ok(performance.now() - startedAt < 600, 'before the deadline')
          // The server is told to end what nobody waits for any more, so that the lock's end does not bring it about.
          await sleep(300)
          finish()
          await holder
          await sleep(50)
          assert.equal((await db.first(itemByName, { name: 'locked' }))?.amount, 1)
          assert.equal(gauge('db_client_connection_count', 'used'), 0)
        },
        { DATABASE_POOL_SIZE: 4 },
      ),
    )

    test('a query that fails, fails its transaction, even where the error is caught', { timeout: 30_000 }, () =>
      withItems(async ({ db }) => {
        await db.run(insertItem, { name: 'taken', amount: 0 })
        const careless = db.transaction(async (transaction) => {
          await transaction.run(insertItem, { name: 'before', amount: 1 })
          await transaction.run(insertItem, { name: 'taken', amount: 1 }).catch(() => {})
          await transaction.run(insertItem, { name: 'behind', amount: 1 }).catch(() => {})
          return 'done'
        })
        await assert.rejects(careless, (error) => codeOf(error) === 'conflict')
        const explaining = db.transaction(async (transaction) => {
          await transaction.run(insertItem, { name: 'taken', amount: 1 }).catch(() => {
            throw new ServiceError('name_taken')
          })
        })
        await assert.rejects(explaining, (error) => codeOf(error) === 'name_taken')
        assert.deepEqual(
          (await db.all(db.query.selectFrom('item').select('name'))).map(({ name }) => name),
          ['taken'],
        )
      }),
    )

    test("an error of the service's own is not taken for the database's, and rolls back", { timeout: 30_000 }, () =>
      withItems(async ({ db, gauge }) => {
        const reason = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' })
        const failing = db.transaction(async (transaction) => {
          await transaction.run(insertItem, { name: 'a', amount: 1 })
          throw reason
        })
        await assert.rejects(failing, (error) => error === reason)
        assert.equal(await db.first(itemByName, { name: 'a' }), undefined)
        assert.equal(gauge('db_client_connection_count', 'used'), 0)
      }),
    )

    test('a transaction that is over runs nothing more', { timeout: 30_000 }, () =>
      withItems(async ({ db }) => {
        const late = await db.transaction(async (transaction) => transaction)
        await assert.rejects(late.run(insertItem, { name: 'late', amount: 1 }), /The transaction is over/)
        assert.equal(await db.first(itemByName, { name: 'late' }), undefined)
      }),
    )

    test('nothing runs behind the end of a transaction, whatever was not awaited', { timeout: 30_000 }, () =>
      withItems(async ({ db }) => {
        const nobodyWaits: Promise<unknown>[] = []
        const insertMany = async (place: typeof db, name: string) => {
          for (let index = 0; index < 20; index++) await place.run(insertItem, { name: `${name} ${index}`, amount: 1 })
        }
        const outcomeOf = (work: Promise<void>) => work.then(() => 'done', String)
        const failing = db.transaction(async (transaction) => {
          nobodyWaits.push(outcomeOf(insertMany(transaction, 'rolled back')))
          await transaction.run(insertItem, { name: 'rolled back, too', amount: 1 })
          throw new Error('no')
        })
        await assert.rejects(failing, /^Error: no$/)
        const whole = await db.transaction(async (transaction) => {
          nobodyWaits.push(outcomeOf(insertMany(transaction, 'committed')))
          await transaction.run(insertItem, { name: 'committed, too', amount: 1 })
          return transaction.all(transaction.query.selectFrom('item').selectAll())
        })
        for (const outcome of await Promise.all(nobodyWaits)) assert.match(String(outcome), /The transaction is over/)
        const names = (await db.all(db.query.selectFrom('item').selectAll())).map(({ name }) => name)
        assert.ok(!names.some((name) => name.startsWith('rolled back')), names.join())
        assert.ok(names.length - whole.length <= 1, 'at most what was asked before the end')
      }),
    )

    test('nothing is done for a request whose time is over, and nothing of it is committed', { timeout: 30_000 }, () =>
      withItems(async ({ open }) => {
        const late = open.forRequest?.(scopeOf(300)) ?? assert.fail()
        const writing = late.transaction(async (transaction) => {
          await transaction.run(insertItem, { name: 'in time', amount: 1 })
          await sleep(400)
        })
        await assert.rejects(writing, { code: 'resource_unavailable' })
        await assert.rejects(late.run(insertItem, { name: 'late', amount: 1 }), { code: 'resource_unavailable' })
        assert.deepEqual(await open.handle.all(open.handle.query.selectFrom('item').selectAll()), [])
      }),
    )

    test('what was prepared goes on when another version of the code has changed the table', { timeout: 30_000 }, () =>
      withItems(async ({ db }) => {
        const everything = statement((query: Kysely<ItemTables>, { name }: { name: string }) =>
          query.selectFrom('item').selectAll().where('name', '=', name),
        )
        await db.run(insertItem, { name: 'a', amount: 1 })
        const readAll = () => Promise.all(Array.from({ length: 5 }, () => db.first(everything, { name: 'a' })))
        await readAll()
        await db.run(sql`ALTER TABLE item ADD COLUMN unit varchar(9) DEFAULT 'kg'`)
        for (const row of await readAll()) assert.equal((row as { unit?: string }).unit, 'kg')
        const inTransaction = db.transaction((transaction) => transaction.first(everything, { name: 'a' }))
        assert.equal((await inTransaction)?.amount, 1)
      }),
    )

    test('a change can give back rows', { timeout: 30_000 }, () =>
      withItems(async ({ db }) => {
        const insert = sql<{ name: string }>`INSERT INTO item (name, amount) VALUES (${'a'}, ${2}) RETURNING name`
        assert.deepEqual({ ...(await db.first(insert)) }, { name: 'a' })
        assert.equal((await db.first(itemByName, { name: 'a' }))?.amount, 2)
      }),
    )

    test('logs a slow query without its values', { timeout: 30_000 }, () =>
      withItems(
        async ({ db, told }) => {
          await db.run(insertItem, { name: 'secret', amount: 1 })
          const line = told.find(({ message }) => message === 'Slow query: INSERT item')
          assert.equal(line?.level, 'warn')
          assert.match(String(line?.fields?.['db.query.text']), /insert into/)
          assert.ok(!JSON.stringify(told).includes('secret'))
        },
        { DATABASE_SLOW_QUERY: 0.000001 },
      ),
    )
  })
}
