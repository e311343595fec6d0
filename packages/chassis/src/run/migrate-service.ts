import type { Service } from '../definition/define-service.ts'
import type { Logger } from '../definition/logger.ts'
import type { MigrationStatus, ResourceSchema, SchemaContext } from '../definition/resource.ts'
import { type LoadedConfig, loadConfig } from './load-config.ts'
import type { Environment } from './parse-key.ts'

/** What to do with the schemas of a service's resources. */
export type MigrationTask =
  | { kind: 'apply' }
  | { kind: 'status' }
  /** Settles a migration that broke off half-way: all of it is there, or nothing. */
  | { kind: 'settle'; name: string; as: 'applied' | 'forgotten' }

export interface MigrateServiceOptions {
  /** What the service reads its config from. */
  environment: Environment
  log: Logger
  /** Ends the wait for another process's run; a migration that has begun is finished. */
  signal: AbortSignal
}

export interface MigratedService {
  /** The names of the migrations that were applied now. */
  applied: readonly string[]
  /** Every migration that the service or its stores know, after the task. */
  migrations: readonly ServiceMigration[]
}

export interface ServiceMigration extends MigrationStatus {
  /** The resource's name. */
  resource: string
}

/** A resource whose store has a schema. */
interface Place {
  resource: string
  schema: ResourceSchema<never>
  context: SchemaContext<never>
}

/** Brings the schemas of a service's resources up to date, or tells of them, without running the service. */
export async function migrateService(service: Service, task: MigrationTask, options: MigrateServiceOptions): Promise<MigratedService> {
  const places = placesOf(service, loadConfig(service, options.environment), options)
  const applied: string[] = []
  for (const place of places) applied.push(...(await perform(place, task)))
  const migrations: ServiceMigration[] = []
  for (const { resource, schema, context } of places) {
    migrations.push(...(await schema.statuses(context)).map((status) => ({ resource, ...status })))
  }
  return { applied, migrations }
}

/** Whether a service has anything that could be migrated. */
export function hasSchema({ resources }: Service): boolean {
  return Object.values(resources).some(({ schema }) => schema !== undefined)
}

function placesOf(service: Service, { base, resources }: LoadedConfig, { log, signal }: MigrateServiceOptions): Place[] {
  const longestDeadline = Math.max(base.REQUEST_DEADLINE, ...service.routes.map(({ deadline = 0 }) => deadline))
  return Object.entries(service.resources).flatMap(([resource, { schema }]) => {
    if (!schema) return []
    const config = (resources[resource] ?? {}) as never
    return [{ resource, schema: schema as ResourceSchema<never>, context: { name: resource, config, longestDeadline, log, signal } }]
  })
}

async function perform({ schema, context }: Place, task: MigrationTask): Promise<readonly string[]> {
  if (task.kind === 'apply') return schema.migrate(context)
  if (task.kind === 'settle') await schema.settle(context, task.name, task.as)
  return []
}
