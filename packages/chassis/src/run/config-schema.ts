import { z } from 'zod'
import type { ConfigKey } from './config-keys.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** What a key's value must be, as JSON Schema 2020-12; description and default stand beside it in the contract, and a secret's default nowhere. */
export function toConfigSchema({ schema }: ConfigKey): JsonSchema {
  const { $schema, description, ...rest } = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    io: 'output',
    override({ jsonSchema }) {
      delete jsonSchema.default
      delete jsonSchema.secret
    },
  })
  // A plain object: Zod hangs its own, unfinished ones on what it returns.
  return JSON.parse(JSON.stringify(rest)) as JsonSchema
}
