import { join } from 'node:path'
import { Client } from 'pg'
import { postgres } from '../tools/postgres.ts'
import { startServer, type ThrowawayServer } from './throwaway-server.ts'

/** Starts a PostgreSQL that keeps what it acknowledged, as it does by default, and that a user with a password owns. */
export async function startPostgres(): Promise<ThrowawayServer> {
  const programs = await postgres()
  return startServer({
    name: 'PostgreSQL',
    account: 'postgres',
    stopSignal: 'SIGINT',
    // Killed, it would leave a piece of shared memory behind.
    endSignal: 'QUIT',
    async prepare({ folder, password }) {
      const passwordFile = await folder.write('password', password)
      return [
        join(programs, 'initdb'),
        `--pgdata=${folder.path}/data`,
        '--username=slipway',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C.UTF-8',
        // About the new directory only, which a killed server does not lose.
        '--no-sync',
      ]
    },
    command: ({ folder, port }) => [
      join(programs, 'postgres'),
      '-D',
      `${folder.path}/data`,
      ...['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'max_connections=200', 'shared_buffers=32MB'].flatMap(
        (setting) => ['-c', setting],
      ),
    ],
    url: ({ port, password }) => `postgres://slipway:${password}@127.0.0.1:${port}/postgres`,
    ping: pingPostgres,
  })
}

export async function pingPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  await client.connect()
  await client.end()
}
