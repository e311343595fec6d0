import { createConnection } from 'mysql2/promise'
import { mariadb } from '../tools/mariadb.ts'
import { startServer, type ThrowawayServer } from './throwaway-server.ts'

/**
 * Starts a MariaDB that keeps what it acknowledged, and that a user with a password owns.
 *
 * @param options of the server, beside those that it is given anyway: `--ssl-cert=…`
 */
export async function startMariadb(options: readonly string[] = []): Promise<ThrowawayServer> {
  const { server, installer } = await mariadb()
  return startServer({
    name: 'MariaDB',
    account: 'mysql',
    stopSignal: 'SIGTERM',
    endSignal: 'KILL',
    async prepare({ folder, password }) {
      await folder.write('user.sql', userStatements(password))
      // Without a place of its own for temporary tables, one that is installed at the same time deletes them.
      const places = [`--datadir=${folder.path}/data`, `--tmpdir=${folder.path}`]
      return [installer, '--no-defaults', ...places, '--skip-test-db', '--skip-name-resolve']
    },
    command: ({ folder, port }) => [
      server,
      '--no-defaults',
      `--datadir=${folder.path}/data`,
      `--init-file=${folder.path}/user.sql`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      // Users are found by address: 127.0.0.1 would become localhost, which is another user's place.
      '--skip-name-resolve',
      `--socket=${folder.path}/socket`,
      `--tmpdir=${folder.path}`,
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-buffer-pool-size=32M',
      '--character-set-server=utf8mb4',
      '--max-connections=200',
      ...options,
    ],
    url: ({ port, password }) => `mysql://slipway:${password}@127.0.0.1:${port}/`,
    ping: pingMariadb,
  })
}

/** Run at every start, a statement a line. */
function userStatements(password: string): string {
  return `CREATE USER IF NOT EXISTS 'slipway'@'%' IDENTIFIED BY '${password}';
GRANT ALL PRIVILEGES ON *.* TO 'slipway'@'%' WITH GRANT OPTION;
`
}

export async function pingMariadb(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: 5000 })
  connection.on('error', () => {})
  await connection.end()
}
