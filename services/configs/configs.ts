import { collection, type Database } from '@slipway/chassis'
import { conditionsOf, digestOf } from './conditions.ts'
import { type Config, type ConfigInput, config, configInput, configName } from './config.ts'
import type { Tables } from './tables.ts'

/** How many conditions one INSERT carries. */
const CONDITIONS_AT_ONCE = 1000

export const configs = collection({
  name: 'config',
  path: '/configs',
  table: 'config',
  key: 'dcname',
  keySchema: configName,
  input: configInput,
  output: config,
  keyOf: ({ dcname, name }: ConfigInput) => dcname ?? name,
  columns: ['metadata'],
  toColumns: ({ metadata }: ConfigInput) => ({ metadata: JSON.stringify(metadata) }),
  toObject: (dcname: string, { metadata }: { metadata: string }): Config => ({ dcname, metadata: JSON.parse(metadata) }),
  createsByPut: true,
  onChange: storeConditions,
})

/** Keeps what a config can be found by in step with it, in the same transaction. Those of a removed config go with it. */
async function storeConditions(transaction: Database<Tables>, dcname: string, changed: Config | undefined): Promise<void> {
  if (!changed) return
  await transaction.run(transaction.query.deleteFrom('config_condition').where('dcname', '=', dcname))
  const all = new Set<string>()
  for (const condition of conditionsOf(changed)) all.add(digestOf(condition))
  const digests = [...all]
  for (let start = 0; start < digests.length; start += CONDITIONS_AT_ONCE) {
    const rows = digests.slice(start, start + CONDITIONS_AT_ONCE).map((digest) => ({ dcname, digest }))
    await transaction.run(transaction.query.insertInto('config_condition').values(rows))
  }
}
