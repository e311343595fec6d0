import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { databases, freshDatabase } from '../../../../../test/databases/databases.ts'
import { database } from './database.ts'
import { migration } from './migration.ts'
import { contextOf, openItems } from './open-database.fixture.ts'

const createItem = migration('001-create-item', ({ query, type }) => [
  query.schema.createTable('item').addColumn('position', type.serial).addColumn('name', type.text(20)).addColumn('amount', type.double),
])
const addNote = migration('002-add-note', ({ query, type }) => [query.schema.alterTable('item').addColumn('note', type.longText)])
const addUnit = migration('003-add-unit', ({ query, type }) => [query.schema.alterTable('item').addColumn('unit', type.text(9))])
const addUnitOtherwise = migration('003-add-unit', ({ query, type }) => [query.schema.alterTable('item').addColumn('unit', type.text(8))])
const breakOff = migration('003-break-off', ({ query, type }) => [
  query.schema.alterTable('item').addColumn('half', type.text(9)),
  sql`INSERT INTO item (no_such_column) VALUES (1)`,
])

const schemaOf = (migrations: Parameters<typeof openItems>[1]['migrations'], isReadOnly = false) =>
  database({ name: 'items', migrations, isReadOnly }).schema as NonNullable<ReturnType<typeof database>['schema']>

for (const kind of databases) {
  describe(`migrations on ${kind}`, () => {
    async function withDatabase(work: (url: string) => Promise<void>): Promise<void> {
      const { url, drop } = await freshDatabase(kind)
      try {
        await work(url)
      } finally {
        await drop()
      }
    }

    const statesOf = async (url: string, migrations: Parameters<typeof schemaOf>[0]) =>
      (await schemaOf(migrations).statuses(contextOf(url).context)).map(({ name, state }) => `${name} ${state}`)

    test('are applied in order, once, and are told of', { timeout: 30_000 }, () =>
      withDatabase(async (url) => {
        assert.deepEqual(await statesOf(url, [createItem, addNote]), ['001-create-item pending', '002-add-note pending'])
        const { context, told } = contextOf(url)
        assert.deepEqual(await schemaOf([createItem, addNote]).migrate(context), ['001-create-item', '002-add-note'])
        assert.deepEqual(
          told.map(({ message }) => message),
          ['Migrating: 001-create-item', 'Migrating: 002-add-note', 'The schema is at 002-add-note'],
        )
        assert.deepEqual(await schemaOf([createItem, addNote, addUnit]).migrate(context), ['003-add-unit'])
        assert.deepEqual(await schemaOf([createItem, addNote, addUnit]).migrate(context), [])
        const statuses = await schemaOf([createItem, addNote, addUnit]).statuses(context)
        assert.deepEqual(
          statuses.map(({ name, state }) => [name, state]),
          [
            ['001-create-item', 'applied'],
            ['002-add-note', 'applied'],
            ['003-add-unit', 'applied'],
          ],
        )
        assert.match(String(statuses[0]?.at), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      }),
    )

    test('are refused when one was changed, the database is newer, or one was put before another', { timeout: 30_000 }, () =>
      withDatabase(async (url) => {
        const { context } = contextOf(url)
        await schemaOf([createItem, addUnit]).migrate(context)
        await assert.rejects(schemaOf([createItem, addUnitOtherwise]).migrate(context), {
          name: 'MigrationError',
          message: /^The migration 003-add-unit was changed after it had been applied\. Restore it/,
        })
        await assert.rejects(schemaOf([createItem]).migrate(context), {
          name: 'MigrationError',
          message: /^The database is newer than the code: it has the migration 003-add-unit, which this version does not know\. Run the version/,
        })
        await assert.rejects(schemaOf([addNote]).migrate(context), {
          name: 'MigrationError',
          message: /^The database belongs to another service: it has 001-create-item, and none of the migrations of this one\. Give each/,
        })
        await assert.rejects(schemaOf([createItem, addNote, addUnit]).migrate(context), {
          name: 'MigrationError',
          message: /^The migration 002-add-note stands before 003-add-unit, which is applied already; list new migrations last\./,
        })
        assert.deepEqual(await statesOf(url, [createItem, addUnitOtherwise]), ['001-create-item applied', '003-add-unit changed'])
        assert.deepEqual(await statesOf(url, [createItem]), ['001-create-item applied', '003-add-unit unknown'])
        // A service says the same, and does not open.
        await assert.rejects(openItems(url, { migrations: [createItem] }), { name: 'MigrationError' })
        await assert.rejects(openItems(url, { migrations: [createItem], config: { MIGRATE: 'never' } }), { name: 'MigrationError' })
      }),
    )

    test('with MIGRATE=never a service opens once they were applied elsewhere', { timeout: 30_000 }, () =>
      withDatabase(async (url) => {
        const never = { migrations: [createItem, addNote], config: { MIGRATE: 'never' as const } }
        await schemaOf([createItem]).migrate(contextOf(url).context)
        await assert.rejects(openItems(url, never), {
          name: 'MigrationError',
          message: 'The database lacks 002-add-note; run slipway migrate, or set MIGRATE=start.',
        })
        await schemaOf([createItem, addNote]).migrate(contextOf(url).context)
        const { open } = await openItems(url, never)
        await open.close()
      }),
    )

    test('of ten that begin at once, one migrates and nine wait', { timeout: 60_000 }, () =>
      withDatabase(async (url) => {
        const runs = Array.from({ length: 10 }, () => schemaOf([createItem, addNote, addUnit]).migrate(contextOf(url).context))
        const applied = (await Promise.all(runs)).map(({ length }) => length)
        assert.deepEqual(
          applied.sort((one, other) => other - one),
          [3, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        )
      }),
    )

    test('a signal ends the wait for the lock', { timeout: 30_000 }, () =>
      withDatabase(async (url) => {
        const holder = await openItems(url, { migrations: [createItem] })
        const stopping = new AbortController()
        const { context, told } = contextOf(url)
        const release = Promise.withResolvers<void>()
        const taken = Promise.withResolvers<void>()
        const lock = {
          sqlite: '',
          postgres: 'SELECT pg_advisory_xact_lock(7302914455210)',
          mariadb: "SELECT GET_LOCK(CONCAT(DATABASE(), '.slipway_migration'), 0)",
        }
        const held = holder.db.transaction(async (transaction) => {
          if (kind !== 'sqlite') await transaction.all(sql.raw(lock[kind]))
          taken.resolve()
          await release.promise
        })
        await taken.promise
        const run = schemaOf([createItem, addNote]).migrate({ ...context, signal: stopping.signal })
        const refused = assert.rejects(run, { name: 'AbortError' })
        await sleep(400)
        assert.deepEqual(
          told.map(({ message }) => message),
          ['Another process is migrating, or has the database locked; waiting for it'],
        )
        stopping.abort()
        await refused
        release.resolve()
        await held
        await holder.open.close()
      }),
    )

    test('one that fails says what the database said, and how to go on', { timeout: 30_000 }, () =>
      withDatabase(async (url) => {
        const migrations = [createItem, addNote, breakOff]
        const schema = schemaOf(migrations)
        const { context } = contextOf(url)
        if (kind !== 'mariadb') {
          await assert.rejects(schema.migrate(context), /^Error: The migration 003-break-off failed and was rolled back: .*no_such_column/)
          assert.equal((await statesOf(url, migrations)).at(-1), '003-break-off pending')
          // Nothing of it is left: the column that it added first can be added again.
          const mended = migration('003-break-off', ({ query, type }) => [query.schema.alterTable('item').addColumn('half', type.text(9))])
          await schemaOf([createItem, addNote, mended]).migrate(context)
          return
        }
        await assert.rejects(schema.migrate(context), /^Error: The migration 003-break-off broke off at statement 2 of 2: .*no_such_column/)
        assert.deepEqual(await statesOf(url, migrations), ['001-create-item applied', '002-add-note applied', '003-break-off running'])
        const dirty = /^MigrationError: The migration 003-break-off broke off half-way.*--applied 003-break-off.*--forget 003-break-off/
        await assert.rejects(schema.migrate(context), dirty)
        await assert.rejects(openItems(url, { migrations }), dirty)
        await assert.rejects(openItems(url, { migrations, config: { MIGRATE: 'never' } }), /is running, or broke off half-way/)
        await schema.settle(context, '003-break-off', 'applied')
        assert.equal((await statesOf(url, migrations)).at(-1), '003-break-off applied')
      }),
    )

    test('only one that broke off half-way can be settled', { timeout: 30_000 }, () =>
      withDatabase(async (url) => {
        const schema = schemaOf([createItem, addNote])
        const { context } = contextOf(url)
        await assert.rejects(schema.settle(context, '001-create-item', 'forgotten'), {
          name: 'MigrationError',
          message: 'The migration 001-create-item did not break off half-way: the database does not know of it. Nothing was changed.',
        })
        await schema.migrate(context)
        await assert.rejects(schema.settle(context, '002-add-note', 'forgotten'), {
          message: 'The migration 002-add-note did not break off half-way: it is applied. Nothing was changed.',
        })
        assert.deepEqual(await statesOf(url, [createItem, addNote]), ['001-create-item applied', '002-add-note applied'])
      }),
    )

    test("are not for somebody else's database, but for the file that stands in for it", { timeout: 30_000 }, () =>
      withDatabase(async (url) => {
        const applied = await schemaOf([createItem], true).migrate(contextOf(url).context)
        assert.deepEqual(applied, kind === 'sqlite' ? ['001-create-item'] : [])
      }),
    )
  })
}
