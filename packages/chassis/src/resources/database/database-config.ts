import { z } from 'zod'
import { secret } from '../../definition/secret.ts'
import { parseDatabaseUrl } from './database-url.ts'

const seconds = () => z.number().positive().max(3600)

/** The config keys that a database brings. */
export function databaseConfig(defaultUrl: string) {
  return {
    DATABASE_URL: secret(databaseUrl())
      .default(defaultUrl)
      .describe('The database: sqlite:file, postgres://user:password@host:port/database, or mysql:// for MariaDB and MySQL; sslmode as in libpq.'),
    DATABASE_DIRECT_URL: secret(databaseUrl())
      .optional()
      .describe('The database without a pooler in between, for migrating: its lock needs one connection for the whole run. Unset: DATABASE_URL.'),
    DATABASE_TLS: z
      .enum(['disable', 'require', 'verify'])
      .default('disable')
      .describe('TLS to the database: require encrypts, verify also checks whose certificate it is. An sslmode in the URL replaces it.'),
    DATABASE_CA: secret(z.string().refine((text) => text.includes('-----BEGIN CERTIFICATE-----'), 'It must be certificates in PEM'))
      .optional()
      .describe("The certificates, in PEM, that the database's must come from. Unset: those that the runtime trusts."),
    DATABASE_POOL_SIZE: z.int().min(1).max(1000).default(10).describe('The most connections that this process opens. SQLite has one.'),
    DATABASE_CONNECT_TIMEOUT: seconds().default(2).describe('Seconds to wait for a connection, new or free, before answering 503.'),
    DATABASE_STATEMENT_TIMEOUT: seconds()
      .optional()
      .describe("Seconds after which the server gives up a statement. Unset: the longest deadline of the service's requests."),
    DATABASE_PREPARE: z
      .boolean()
      .default(true)
      .describe('Whether PostgreSQL prepares statements once a connection. Switch it off behind a pooler that does not know of them.'),
    DATABASE_SLOW_QUERY: seconds().default(0.5).describe('Seconds from which on a query is logged as slow.'),
    MIGRATE: z
      .enum(['start', 'never'])
      .default('start')
      .describe('When the schema is brought up to date: at start, or never, which leaves it to slipway migrate.'),
  }
}

export type DatabaseConfig = { readonly [Key in keyof ReturnType<typeof databaseConfig>]: z.output<ReturnType<typeof databaseConfig>[Key]> }

function databaseUrl() {
  return z.string().check((context) => {
    try {
      parseDatabaseUrl(context.value)
    } catch (error) {
      context.issues.push({ code: 'custom', input: context.value, message: messageOf(error) })
    }
  })
}

/** A URL with a malformed escape throws a sentence of the runtime's own. */
function messageOf(error: unknown): string {
  return error instanceof URIError ? 'It has a % that is no escape; write %25 for the character itself' : (error as Error).message
}
