import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import pg from 'pg'
import { serveApp } from '../serve-app.ts'
import { COLUMNS, type Passenger, type PassengerColumns, toObject, valuesOf } from './rows.ts'

type Row = PassengerColumns & { uuid: string }

// Named, a statement is parsed and planned once a connection, which is what costs this server least too.
const FIND = { name: 'find', text: 'select * from passenger where uuid = $1' }
const INSERT = { name: 'insert', text: `insert into passenger (${COLUMNS}) values (${COLUMNS.map((_, index) => `$${index + 1}`)})` }
const LIST = { name: 'list', text: 'select * from passenger order by position limit $1' }

// Counts of 64 bits, which the driver leaves text otherwise.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })

const app = new Hono()

app.get('/passengers/:uuid', async (c) => {
  const { rows } = await pool.query<Row>({ ...FIND, values: [c.req.param('uuid')] })
  return rows[0] ? c.json(toObject(rows[0])) : c.notFound()
})

app.post('/passengers', async (c) => {
  const passenger = await c.req.json<Passenger>()
  const uuid = randomUUID()
  await pool.query({ ...INSERT, values: valuesOf(uuid, randomUUID(), passenger) })
  return c.json({ uuid, ...passenger }, 201)
})

app.get('/passengers', async (c) => {
  const { rows } = await pool.query<Row>({ ...LIST, values: [Number(c.req.query('limit'))] })
  return c.json(rows.map(toObject))
})

serveApp(app)
