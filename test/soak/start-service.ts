import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createDatabase } from '../databases/create-database.ts'
import { type DatabaseKind, databases, freshDatabase } from '../databases/databases.ts'
import { startMariadb } from '../databases/start-mariadb.ts'
import { startPostgres } from '../databases/start-postgres.ts'
import { freePort } from '../start-process.ts'
import { findOnPath } from '../tools/find-on-path.ts'
import { untilReadiness } from '../until-readiness.ts'

const MAIN = fileURLToPath(new URL('../../services/passengers/main.ts', import.meta.url))
const COLLECTOR = fileURLToPath(new URL('collect-garbage.ts', import.meta.url))
const SERVERS = { postgres: startPostgres, mariadb: startMariadb }

export interface SoakedService {
  readonly url: string
  readonly port: number
  readonly process: number
  /** Soon; only of one that was started steady. */
  collectGarbage(): void
  stop(): Promise<void>
}

/** Starts the passengers service on an empty database. It logs what it logs in production, to nowhere. */
export async function startService(runtime: string, kind: string, isSteady: boolean): Promise<SoakedService> {
  const database = await findDatabase(kind)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(await programOf(runtime), [...(isSteady ? steadyOptions(runtime) : []), MAIN], {
    env: { PATH: process.env.PATH, PORT: String(port), LOG_FORMAT: 'json', DRAIN_DELAY: '0', DATABASE_URL: database.url },
    stdio: 'ignore',
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  const stop = async () => {
    kill()
    await ended
    await database.drop()
  }
  await untilReadiness(url, 200, 30).catch(async (error) => {
    await stop()
    throw error
  })
  return { url, port, process: child.pid as number, collectGarbage: () => void child.kill('SIGUSR2'), stop }
}

function steadyOptions(runtime: string): string[] {
  return runtime === 'bun' ? ['--preload', COLLECTOR] : ['--expose-gc', '--max-semi-space-size=8', '--import', COLLECTOR]
}

/** The program itself: a wrapper would be the process whose memory is read. */
async function programOf(runtime: string): Promise<string> {
  const program = runtime === 'node' || runtime === 'bun' ? await findOnPath(runtime) : undefined
  if (program === undefined) throw new Error(`There is no runtime ${runtime} on PATH; take node or bun.`)
  return realpath(program)
}

/** On the servers of a run of the tests where it is part of one, and else on one of its own. */
async function findDatabase(kind: string): Promise<{ url: string; drop(): Promise<void> }> {
  if (!databases.includes(kind as DatabaseKind)) throw new Error(`There is no database ${kind}; take ${databases.join(', ')}.`)
  if (kind === 'sqlite' || process.env[`TEST_${kind.toUpperCase()}_URL`]) return freshDatabase(kind as DatabaseKind)
  const server = await SERVERS[kind as keyof typeof SERVERS]()
  const { url } = await createDatabase(server.url)
  return { url, drop: () => server.stop() }
}
