/** Where the database is. */
export interface DatabaseTarget {
  system: 'sqlite' | 'postgresql' | 'mysql'
  /** SQLite: the file, or `:memory:`. */
  path: string
  host: string
  port: number
  user: string
  password: string
  database: string
  /** What the URL itself says of TLS, in libpq's words. */
  tls: TlsMode | undefined
}

export type TlsMode = 'disable' | 'require' | 'verify'

const SYSTEMS = {
  'postgres:': { system: 'postgresql', port: 5432 },
  'postgresql:': { system: 'postgresql', port: 5432 },
  'mysql:': { system: 'mysql', port: 3306 },
  'mariadb:': { system: 'mysql', port: 3306 },
} as const

const TLS_MODES: Readonly<Record<string, TlsMode>> = {
  disable: 'disable',
  disabled: 'disable',
  require: 'require',
  required: 'require',
  'verify-ca': 'verify',
  'verify-full': 'verify',
  verify_ca: 'verify',
  verify_identity: 'verify',
}

const NOT_A_FILE = { host: '', port: 0, user: '', password: '', database: '', tls: undefined }

/**
 * Reads `sqlite:data/users.db`, `postgres://user:password@host:5432/database?sslmode=verify-full` or `mysql://…`.
 *
 * @throws {TypeError} with a sentence that says what is wrong, and never shows the URL.
 */
export function parseDatabaseUrl(text: string): DatabaseTarget {
  if (text.startsWith('sqlite:')) return { system: 'sqlite', path: sqlitePath(text), ...NOT_A_FILE }
  const known = SYSTEMS[/^\w+:/.exec(text)?.[0].toLowerCase() as keyof typeof SYSTEMS]
  if (!known) throw new TypeError('It must start with sqlite:, postgres: or mysql:')
  if (!URL.canParse(text)) throw new TypeError('It is no URL; in a user or password, write : / ? # @ as %3A %2F %3F %23 %40')
  const url = new URL(text)
  const database = decodeURIComponent(url.pathname.slice(1))
  if (url.hostname === '' || database === '') throw new TypeError('It must name a host and a database, as in postgres://user@host:5432/database')
  return {
    system: known.system,
    path: '',
    host: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    port: url.port === '' ? known.port : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    tls: tlsOf(url.searchParams),
  }
}

function sqlitePath(text: string): string {
  // Both sqlite:file and sqlite:///file are in use.
  const path = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
  if (path === '' || path.startsWith('//')) throw new TypeError('It must name a file, as in sqlite:data/service.db')
  if (path.includes('?')) throw new TypeError('A file takes no parameters')
  return path
}

/** What is not understood is refused: to ignore an `sslmode` in other words would be to connect in the clear. */
function tlsOf(parameters: URLSearchParams): TlsMode | undefined {
  let mode: TlsMode | undefined
  for (const [name, value] of parameters) {
    const isTls = name === 'sslmode' || name === 'ssl-mode'
    mode = isTls ? TLS_MODES[value.toLowerCase()] : undefined
    if (mode === undefined)
      throw new TypeError(`The parameter ${isTls ? `${name}=${value}` : name} is not understood; sslmode may be disable, require or verify-full`)
  }
  return mode
}

/** Where a process must be let out to for this URL. */
export function networkNeed(text: string | undefined): { host: string; port: number }[] {
  if (text === undefined) return []
  const { system, host, port } = parseDatabaseUrl(text)
  return system === 'sqlite' ? [] : [{ host, port }]
}
