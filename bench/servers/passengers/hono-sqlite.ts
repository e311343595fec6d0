import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { serveApp } from '../serve-app.ts'
import { COLUMNS, type Passenger, type PassengerColumns, toObject, valuesOf } from './rows.ts'

type Row = PassengerColumns & { uuid: string }

/** What the files of both runtimes have in common. */
interface SqliteFile {
  exec(sql: string): unknown
  prepare(sql: string): { get(...values: unknown[]): unknown; all(...values: unknown[]): unknown[]; run(...values: unknown[]): unknown }
}

const path = (process.env.DATABASE_URL as string).slice('sqlite:'.length)
const file = (await openFile()) as SqliteFile
file.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA foreign_keys = on; PRAGMA busy_timeout = 5')
const find = file.prepare('select * from passenger where uuid = ?')
const insert = file.prepare(`insert into passenger (${COLUMNS}) values (${COLUMNS.map(() => '?')})`)
const list = file.prepare('select * from passenger order by position limit ?')

async function openFile(): Promise<unknown> {
  return process.versions.bun ? new (await import('bun:sqlite')).Database(path) : new (await import('node:sqlite')).DatabaseSync(path)
}

const app = new Hono()

app.get('/passengers/:uuid', (c) => {
  const row = find.get(c.req.param('uuid')) as Row | undefined
  return row ? c.json(toObject(row)) : c.notFound()
})

app.post('/passengers', async (c) => {
  const passenger = await c.req.json<Passenger>()
  const uuid = randomUUID()
  insert.run(...valuesOf(uuid, randomUUID(), passenger))
  return c.json({ uuid, ...passenger }, 201)
})

app.get('/passengers', (c) => c.json((list.all(Number(c.req.query('limit'))) as Row[]).map(toObject)))

serveApp(app)
