import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'

export interface FreshDatabase {
  readonly url: string
  drop(): Promise<void>
}

type Run = (statement: string) => Promise<void>

/** Makes an empty database on a running server; a random name keeps apart what runs at the same time. */
export async function createDatabase(serverUrl: string): Promise<FreshDatabase> {
  const { run, dropOptions } = dialectOf(serverUrl)
  const name = `slipway_test_${crypto.randomUUID().slice(0, 13).replace('-', '')}`
  await run(`CREATE DATABASE ${name}`)
  const url = new URL(serverUrl)
  url.pathname = name
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS ${name}${dropOptions}`) }
}

function dialectOf(serverUrl: string): { run: Run; dropOptions: string } {
  switch (new URL(serverUrl).protocol) {
    case 'postgres:':
    case 'postgresql:':
      // Cuts off who is still connected.
      return { run: (statement) => runOnPostgres(serverUrl, statement), dropOptions: ' WITH (FORCE)' }
    case 'mysql:':
    case 'mariadb:':
      return { run: (statement) => runOnMariadb(serverUrl, statement), dropOptions: '' }
    default:
      throw new Error(`The URL of a database server begins with postgres:// or mysql://; this one begins with ${new URL(serverUrl).protocol}//`)
  }
}

async function runOnPostgres(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function runOnMariadb(uri: string, statement: string): Promise<void> {
  const connection = await createConnection({ uri, connectTimeout: 10_000 })
  try {
    await connection.query(statement)
  } finally {
    await connection.end()
  }
}
