import { Client } from 'pg'
import { startPostgres } from '../../../test/databases/start-postgres.ts'
import type { PassengerData } from './data.ts'
import { makeSchema } from './make-schema.ts'
import { COLUMNS, firstPassengers, valuesOf } from './rows.ts'

const SEED = 'passengers'
/** PostgreSQL takes 65,535 values at most. */
const ROWS_AT_ONCE = 1000

/** Starts a PostgreSQL of its own; each visit gets a copy of one database. */
export async function preparePostgres(folder: string, rows: number): Promise<PassengerData> {
  const server = await startPostgres()
  const urlOf = (name: string) => new URL(name, server.url).href
  await run(server.url, `CREATE DATABASE ${SEED}`)
  await makeSchema(urlOf(SEED), folder)
  await fill(urlOf(SEED), rows)
  return {
    async fresh(visit) {
      await run(server.url, `CREATE DATABASE "${visit}" TEMPLATE ${SEED}`)
      return urlOf(visit)
    },
    async count(visit) {
      const [row] = await run(urlOf(visit), 'SELECT count(*)::int AS count FROM passenger')
      return row?.count as number
    },
    drop: async (visit) => void (await run(server.url, `DROP DATABASE "${visit}" WITH (FORCE)`)),
    stop: () => server.stop(),
  }
}

async function fill(url: string, rows: number): Promise<void> {
  const passengers = firstPassengers(rows)
  await run(url, 'TRUNCATE passenger RESTART IDENTITY')
  const client = await connect(url)
  while (passengers.length > 0) {
    const batch = passengers.splice(0, ROWS_AT_ONCE)
    const places = batch.map((_, row) => `(${COLUMNS.map((_, column) => `$${row * COLUMNS.length + column + 1}`)})`)
    const values = batch.flatMap(({ uuid, ...passenger }) => valuesOf(uuid, 'first', passenger))
    await client.query(`INSERT INTO passenger (${COLUMNS}) VALUES ${places}`, values)
  }
  await client.end()
  // So that every visit has the same plan, and no visit has this to do.
  await run(url, 'VACUUM ANALYZE passenger')
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}

/** Returns the rows of the last statement. */
async function run(url: string, ...statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const client = await connect(url)
  let rows: Record<string, unknown>[] = []
  for (const statement of statements) ({ rows } = await client.query(statement))
  await client.end()
  return rows
}
