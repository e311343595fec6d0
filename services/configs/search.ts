import { type Database, ServiceError } from '@slipway/chassis'
import { type Condition, digestOf } from './conditions.ts'
import type { Config } from './config.ts'
import type { Tables } from './tables.ts'

const MAX_CONDITIONS = 50
/** Configs that are read at once. */
const BATCH = 200

/** The conditions of a query: each parameter a path, each value the text of what must stand there. @throws {ServiceError} `bad_request` */
export function readConditions(query: Readonly<Record<string, unknown>>): Condition[] {
  const conditions = Object.entries(query).flatMap(([path, texts]) => [texts].flat().map((text) => ({ path, text: String(text) })))
  if (conditions.length === 0) throw new ServiceError('bad_request', 'Give at least one condition, such as metadata.limits.cpu.enabled=true.')
  if (conditions.length > MAX_CONDITIONS) throw new ServiceError('bad_request', `Give at most ${MAX_CONDITIONS} conditions.`)
  return conditions
}

/** Every config that meets all conditions, in the order of insertion, read in batches. */
export async function* search(db: Database<Tables>, conditions: readonly Condition[]): AsyncGenerator<Config> {
  const digests = [...new Set(conditions.map(digestOf))]
  const matching = db.query
    .selectFrom('config_condition')
    .select('dcname')
    .where('digest', 'in', digests)
    .groupBy('dcname')
    .having((builder) => builder.fn.countAll(), '=', digests.length)
  const matches = db.query.selectFrom('config').selectAll().where('dcname', 'in', matching).orderBy('position').limit(BATCH)
  for (let after = 0, isLast = false; !isLast; ) {
    const rows = await db.all(matches.where('position', '>', after))
    for (const { dcname, metadata } of rows) yield { dcname, metadata: JSON.parse(metadata) }
    after = rows.at(-1)?.position ?? 0
    isLast = rows.length < BATCH
  }
}
