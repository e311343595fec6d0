import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'

/** A connection to a database server, for what a test does behind a service's back. */
export interface TestConnection {
  readonly system: 'postgresql' | 'mysql'
  run(sql: string, parameters?: readonly unknown[]): Promise<void>
  close(): Promise<void>
}

export async function openConnection(url: string): Promise<TestConnection> {
  return url.startsWith('postgres') ? openPostgres(url) : openMariadb(url)
}

async function openPostgres(connectionString: string): Promise<TestConnection> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 })
  await client.connect()
  return {
    system: 'postgresql',
    run: async (sql, parameters = []) => void (await client.query(sql, [...parameters])),
    close: () => client.end(),
  }
}

async function openMariadb(uri: string): Promise<TestConnection> {
  const connection = await createConnection({ uri, connectTimeout: 10_000 })
  return {
    system: 'mysql',
    run: async (sql, parameters = []) => void (await connection.query(sql, [...parameters])),
    close: () => connection.end(),
  }
}
