import type { Logger } from '../../definition/logger.ts'
import type { RequestScope, ResourceContext } from '../../definition/resource.ts'
import { type DatabaseOptions, database } from './database.ts'
import { type DatabaseConfig, databaseConfig } from './database-config.ts'
import type { Migration } from './migration.ts'

export interface Told {
  level: string
  message: string
  fields: Readonly<Record<string, unknown>> | undefined
}

export interface ItemTables {
  item: { position: number; name: string; amount: number | null; note: string | null }
}

interface Options extends Partial<Omit<DatabaseOptions, 'migrations'>> {
  migrations: readonly Migration[]
  config?: Partial<DatabaseConfig>
}

/** A context as the process gives it, and what was told to it. */
export function contextOf(url: string, config: Partial<DatabaseConfig> = {}) {
  const told: Told[] = []
  const tell = (level: string) => (message: string, fields?: Told['fields']) => void told.push({ level, message, fields })
  const log: Logger = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') }
  const gauges = new Map<string, () => readonly { labels: Readonly<Record<string, string>>; value: number }[]>()
  const observations: { labels: Readonly<Record<string, string>>; value: number }[] = []
  const meter: ResourceContext<unknown>['meter'] = {
    histogram: () => (labels) => ({ observe: (value) => void observations.push({ labels, value }) }),
    gauge: ({ name }, read) => void gauges.set(name, read),
    counter: ({ name }, read) => void gauges.set(name, read),
  }
  const defaults = Object.fromEntries(Object.entries(databaseConfig('sqlite::memory:')).map(([key, schema]) => [key, schema.parse(undefined)]))
  const context: ResourceContext<DatabaseConfig> = {
    name: 'db',
    deployment: 'items',
    version: '1.0.0',
    config: { ...(defaults as unknown as DatabaseConfig), DATABASE_URL: url, ...config },
    longestDeadline: 10,
    log,
    meter,
    signal: new AbortController().signal,
  }
  const gauge = (name: string, state?: string) =>
    gauges
      .get(name)?.()
      .find(({ labels }) => state === undefined || labels.state === state)?.value
  return { context, told, observations, gauge }
}

/** A database of items, opened as a service would. */
export async function openItems(url: string, { migrations, config, ...options }: Options) {
  const surroundings = contextOf(url, config)
  const resource = database<ItemTables>({ name: 'items', migrations, ...options })
  const open = await resource.open(surroundings.context)
  return { ...surroundings, open, db: open.handle }
}

/** A request with so many milliseconds left, that records its spans' names. */
export function scopeOf(milliseconds: number, spans: string[] = []): RequestScope {
  const end = performance.now() + milliseconds
  return {
    requestId: 'request',
    signal: new AbortController().signal,
    get remainingTime() {
      return end - performance.now()
    },
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: undefined,
    span: (name, work) => {
      spans.push(name)
      return work()
    },
  }
}
