import type { LocalDatabase } from '../define-stack.ts'
import type { PlacedStack } from './render-stack.ts'
import { MARK } from './rendered-files.ts'

export type DatabaseSystem = NonNullable<LocalDatabase['system']>

/** One deployment's database in the compose file. */
export interface ComposeDatabase {
  /** The deployment's, and its own. */
  name: string
  system: DatabaseSystem
  seed: string | undefined
}

interface DatabaseServer {
  image: string
  address: string
  dataFolder: string
  environment: Readonly<Record<string, string>>
  create(database: ComposeDatabase): string[]
}

const USER = 'slipway'
/** Of servers that nobody outside of the compose network reaches. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: compose fills it in.
const PASSWORD = '${DATABASE_PASSWORD:-slipway}'

export const SERVERS: Readonly<Record<DatabaseSystem, DatabaseServer>> = {
  postgres: {
    image: 'docker.io/library/postgres:17-alpine',
    address: 'postgres:5432',
    dataFolder: '/var/lib/postgresql/data',
    environment: { POSTGRES_USER: USER, POSTGRES_PASSWORD: PASSWORD },
    create: ({ name, seed }) => [`CREATE DATABASE "${name}";`, ...(seed ? [`\\connect "${name}"`, `\\i ${seedPath(name)}`] : [])],
  },
  mariadb: {
    image: 'docker.io/library/mariadb:11.4',
    address: 'mariadb:3306',
    dataFolder: '/var/lib/mysql',
    environment: { MARIADB_USER: USER, MARIADB_PASSWORD: PASSWORD, MARIADB_RANDOM_ROOT_PASSWORD: '1' },
    create: ({ name, seed }) => [
      `CREATE DATABASE \`${name}\`;`,
      `GRANT ALL ON \`${name}\`.* TO '${USER}'@'%';`,
      ...(seed ? [`USE \`${name}\`;`, `SOURCE ${seedPath(name)}`] : []),
    ],
  },
}

/** The databases of a stack's deployments, those of SQLite on a server too: so the compose file is closer to production than `slipway dev` is. */
export function databasesOf({ stack, contracts }: PlacedStack): ComposeDatabase[] {
  return contracts
    .filter(({ resources }) => resources.some(({ kind }) => kind === 'database'))
    .map(({ deployment: { name } }) => ({ name, system: stack.databases[name]?.system ?? 'postgres', seed: stack.databases[name]?.seed }))
}

export function databaseUrl({ name, system }: ComposeDatabase): string {
  const scheme = system === 'postgres' ? 'postgres' : 'mysql'
  return `${scheme}://${USER}:${PASSWORD}@${SERVERS[system].address}/${name}`
}

/** A server with its data on a volume, and what makes its databases on the first start. */
export function databaseService(system: DatabaseSystem, databases: readonly ComposeDatabase[]): object {
  const { image, environment, dataFolder } = SERVERS[system]
  const seeds = databases.flatMap(({ name, seed }) => (seed === undefined ? [] : [`../${seed}:${seedPath(name)}:ro`]))
  const script = `./compose/${system}.sql:/docker-entrypoint-initdb.d/databases.sql:ro`
  return { image, environment, volumes: [`${system}-data:${dataFolder}`, script, ...seeds], restart: 'unless-stopped' }
}

/** What makes the databases of a server, as its own client reads it. */
export function renderDatabaseScript(system: DatabaseSystem, databases: readonly ComposeDatabase[]): string {
  const statements = databases.flatMap((database) => SERVERS[system].create(database))
  return `-- ${MARK} render from slipway.config.ts. Don't edit it here.\n${statements.join('\n')}\n`
}

function seedPath(name: string): string {
  return `/seeds/${name}.sql`
}
