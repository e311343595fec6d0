import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'

/** Runs one statement on a connection of its own, as an administrator would; resolves to its rows. */
export async function askServer(url: string, statement: string): Promise<Record<string, unknown>[]> {
  return url.startsWith('postgres') ? askPostgres(url, statement) : askMariadb(url, statement)
}

async function askPostgres(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

async function askMariadb(uri: string, statement: string): Promise<Record<string, unknown>[]> {
  const connection = await createConnection({ uri, connectTimeout: 10_000 })
  connection.on('error', () => {})
  try {
    const [rows] = await connection.query(statement)
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  } finally {
    await connection.end()
  }
}
