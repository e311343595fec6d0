import type { ResourceMeter } from '../../definition/resource.ts'
import { MigrationError } from './migration-plan.ts'

/**
 * Runs what prepares the schema, and tells of the outcome in `db_schema_dirty`: 1 while the schema is not what this version needs, because a
 * migration broke off, was changed or is missing.
 */
export async function measureSchema(resource: string, meter: ResourceMeter, prepare: () => Promise<void>): Promise<void> {
  let dirty = 0
  const help = 'Whether the schema is not what this version needs, 1 or 0: a migration broke off, was changed or is missing.'
  meter.gauge({ name: 'db_schema_dirty', help, labels: ['resource'] }, () => [{ labels: { resource }, value: dirty }])
  try {
    await prepare()
  } catch (error) {
    if (error instanceof MigrationError) dirty = 1
    throw error
  }
}
