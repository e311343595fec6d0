import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { preparePostgres } from './postgres-data.ts'
import { ROWS } from './rows.ts'
import { prepareSqlite } from './sqlite-data.ts'

/** A database with the same rows for each visit, by the visit's name. */
export interface PassengerData {
  /** Makes it. Resolves to its URL. */
  fresh(visit: string): Promise<string>
  /** How many rows it has by now. */
  count(visit: string): Promise<number>
  /** Nobody needs it any more. */
  drop(visit: string): Promise<void>
  stop(): Promise<void>
}

// Answers GET / when all is ready, POST /fresh/<database>/<visit> with a URL, GET /count/<database>/<visit>, and POST /drop/<database>/<visit>. What databases need of the CPU, they need as its children.
const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-data-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const databases: Readonly<Record<string, PassengerData>> = {
  postgresql: await preparePostgres(folder, ROWS),
  sqlite: await prepareSqlite(folder, ROWS),
}

const server = createServer(async (request, response) => {
  const [, action, name = '', visit = ''] = (request.url ?? '').split('/')
  if (action === '') return response.end('ready')
  try {
    const data = databases[name] as PassengerData
    response.end(String(await data[action as 'fresh' | 'count' | 'drop'](visit)))
  } catch (error) {
    response.writeHead(500).end((error as Error).message)
  }
})

server.listen(Number(process.env.PORT), '127.0.0.1')
process.once('SIGTERM', async () => {
  for (const data of Object.values(databases)) await data.stop()
  process.exit()
})
