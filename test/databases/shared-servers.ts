import { mariadb } from '../tools/mariadb.ts'
import { postgres } from '../tools/postgres.ts'
import { redis } from '../tools/redis.ts'
import { pingMariadb, startMariadb } from './start-mariadb.ts'
import { pingPostgres, startPostgres } from './start-postgres.ts'
import { pingRedis, startRedis } from './start-redis.ts'
import type { ThrowawayServer } from './throwaway-server.ts'

interface SharedServer {
  name: string
  /** The environment variable that tests find it in. Given from outside, nothing is started. */
  variable: string
  /** How its URLs begin. */
  scheme: RegExp
  install(): Promise<unknown>
  start(): Promise<ThrowawayServer>
  ping(url: string): Promise<void>
}

const servers: readonly SharedServer[] = [
  { name: 'PostgreSQL', variable: 'TEST_POSTGRES_URL', scheme: /^postgres(ql)?:/, install: postgres, start: startPostgres, ping: pingPostgres },
  { name: 'MariaDB', variable: 'TEST_MARIADB_URL', scheme: /^(mysql|mariadb):/, install: mariadb, start: startMariadb, ping: pingMariadb },
  { name: 'Redis', variable: 'TEST_REDIS_URL', scheme: /^redis:/, install: redis, start: startRedis, ping: pingRedis },
]

export interface StartedServers {
  /** What tests find the servers by. */
  readonly environment: Record<string, string>
  stop(): Promise<void>
}

/** Installs those that are missing here and are not given from outside. */
export async function installServers(): Promise<void> {
  for (const server of servers) if (!givenUrl(server)) await server.install()
}

/** Starts one of each for a whole run of the tests; what is given from outside is used instead. */
export async function startServers(): Promise<StartedServers> {
  await installServers()
  const attempts = await Promise.allSettled(servers.map(async (server) => ({ server, ...(await startUnlessGiven(server)) })))
  const started = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
  const stop = async () => void (await Promise.all(started.map((one) => one.stop())))
  const failed = attempts.find((attempt) => attempt.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return { environment: Object.fromEntries(started.map(({ server, url }) => [server.variable, url])), stop }
}

async function startUnlessGiven(server: SharedServer): Promise<{ url: string; stop(): Promise<void> }> {
  const given = givenUrl(server)
  if (!given) return server.start()
  await server.ping(given.url).catch((error: Error) => {
    throw new Error(`${given.variable} names a ${server.name} that can't be used: ${error.message || error}. Unset it, and one is started.`)
  })
  return { url: given.url, stop: async () => {} }
}

/** By the server's own variable, or by DATABASE_URL where that is of its kind. */
function givenUrl({ variable, scheme }: SharedServer): { variable: string; url: string } | undefined {
  const found = [variable, 'DATABASE_URL'].find((name) => scheme.test(process.env[name] ?? ''))
  return found === undefined ? undefined : { variable: found, url: process.env[found] as string }
}
