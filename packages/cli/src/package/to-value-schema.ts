import type { ConfigContract } from '../contract/contract.ts'

type Schema = Readonly<Record<string, unknown>>

const NUMBER = '^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$'
const TEXT_MEMBERS = ['enum', 'const', 'minLength', 'maxLength', 'pattern']
const NUMBER_MEMBERS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
/** Helm's validator is written in Go, whose regular expressions neither look around nor refer back. */
const NOT_IN_GO = /\(\?[=!<]|\\[1-9]/

/**
 * What a Helm value of a config key must be. A number or a truth may be written as text too, as rendered values are; a text may not be written as a
 * number, for YAML would have changed it: `007` would be 7.
 */
export function toValueSchema({ schema, description, default: fallback }: ConfigContract): Schema {
  return { description, ...(fallback !== undefined && { default: fallback }), ...typeOf(schema) }
}

function typeOf(schema: Schema): Schema {
  switch (schema.type) {
    case 'integer':
      return {
        anyOf: [
          { type: 'integer', ...pick(schema, NUMBER_MEMBERS) },
          { type: 'string', pattern: '^[+-]?[0-9]+$' },
        ],
      }
    case 'number':
      return {
        anyOf: [
          { type: 'number', ...pick(schema, NUMBER_MEMBERS) },
          { type: 'string', pattern: NUMBER },
        ],
      }
    case 'boolean':
      return { enum: [true, false, 'true', 'false'] }
    case 'string':
      return { type: 'string', ...pick(schema, TEXT_MEMBERS) }
    case 'array':
    case 'object':
      // Items between commas, or JSON.
      return { type: 'string' }
    default:
      return { type: ['string', 'number', 'boolean'] }
  }
}

function pick(schema: Schema, members: readonly string[]): Schema {
  const isTaken = ([key, value]: [string, unknown]) => members.includes(key) && !(key === 'pattern' && NOT_IN_GO.test(String(value)))
  return Object.fromEntries(Object.entries(schema).filter(isTaken))
}
