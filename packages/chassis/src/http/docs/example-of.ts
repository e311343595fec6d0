import type { Json } from '../openapi/schema-components.ts'

type Schemas = Readonly<Record<string, Json>>

/** Stands for a value that can't be shown, because it would contain itself. */
const NONE = Symbol('none')

/** A value as a schema wants it: its own example or default where it has one, else made from its type and bounds. A pattern is beyond it. */
export function exampleOf(schema: Json, schemas: Schemas): unknown {
  const example = build(schema, schemas, [])
  return example === NONE ? null : example
}

/** What a reference names, joined with what stands beside the reference; the parts of an `allOf` as one. */
export function resolveSchema(schema: Json, schemas: Schemas): Json {
  const { $ref, allOf, ...rest } = schema
  const named = typeof $ref === 'string' ? schemas[$ref.slice($ref.lastIndexOf('/') + 1)] : undefined
  const joined: Json = {}
  for (const part of [named, ...((allOf as Json[] | undefined) ?? [])]) if (part) join(joined, resolveSchema(part, schemas))
  return join(joined, rest)
}

function join(joined: Json, part: Json): Json {
  const { properties, required } = joined
  Object.assign(joined, part)
  if (properties && part.properties) joined.properties = { ...properties, ...part.properties }
  if (required && part.required) joined.required = [...(required as string[]), ...(part.required as string[])]
  return joined
}

/** The schemas that a value may follow, without null. */
export function alternativesOf({ anyOf, oneOf }: Json): Json[] {
  return (((anyOf ?? oneOf) as Json[] | undefined) ?? []).filter(({ type }) => type !== 'null')
}

function build(schema: Json, schemas: Schemas, open: readonly unknown[]): unknown {
  const { $ref } = schema
  if ($ref !== undefined && open.includes($ref)) return NONE
  const within = $ref === undefined ? open : [...open, $ref]
  const resolved = resolveSchema(schema, schemas)
  const { examples, default: fallback, const: constant, enum: values, type } = resolved
  if (Array.isArray(examples) && examples.length > 0) return examples[0]
  if (constant !== undefined) return constant
  if (fallback !== undefined && fallback !== null) return fallback
  if (Array.isArray(values)) return values[0]
  const alternatives = alternativesOf(resolved)
    .map((alternative) => build(alternative, schemas, within))
    .filter((example) => example !== NONE)
  if (alternatives.length > 0) return alternatives[0]
  switch (Array.isArray(type) ? type.find((name) => name !== 'null') : type) {
    case 'object':
      return objectExample(resolved, schemas, within)
    case 'array':
      return arrayExample(resolved, schemas, within)
    case 'string':
      return textExample(resolved)
    case 'integer':
      return numberExample(resolved, 1)
    case 'number':
      return numberExample(resolved, 0)
    case 'boolean':
      return true
    case undefined:
      return resolved.properties ? objectExample(resolved, schemas, within) : {}
    default:
      return null
  }
}

function objectExample({ properties = {}, required = [], additionalProperties }: Json, schemas: Schemas, open: readonly unknown[]): unknown {
  const example: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(properties as Record<string, Json>)) {
    const value = build(property, schemas, open)
    if (value !== NONE) example[name] = value
    else if ((required as string[]).includes(name)) return NONE
  }
  const isMap = Object.keys(properties as object).length === 0 && typeof additionalProperties === 'object' && additionalProperties !== null
  const value = isMap ? build(additionalProperties as Json, schemas, open) : NONE
  return value === NONE ? example : { name: value }
}

function arrayExample({ items, prefixItems, minItems }: Json, schemas: Schemas, open: readonly unknown[]): unknown {
  if (Array.isArray(prefixItems)) return prefixItems.map((item) => build(item, schemas, open))
  const item = build((items as Json | undefined) ?? {}, schemas, open)
  return item === NONE ? [] : Array.from({ length: Math.max(1, Number(minItems ?? 1)) }, () => item)
}

const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-31T12:00:00Z',
  date: '2026-01-31',
  time: '12:00:00',
  duration: 'PT15M',
  email: 'name@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  'uri-reference': '/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function textExample({ format, minLength = 0, maxLength = 1000 }: Json): string {
  const text = TEXTS[String(format)]
  return text ?? 'text'.padEnd(Number(minLength), 'x').slice(0, Number(maxLength))
}

/** The value nearest to 0 that the bounds allow. `step` is what an exclusive bound is left by, or 0 for half the way to the other one. */
function numberExample({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: Json, step: number): number {
  const lower = Number(minimum ?? exclusiveMinimum ?? Number.NEGATIVE_INFINITY)
  const upper = Number(maximum ?? exclusiveMaximum ?? Number.POSITIVE_INFINITY)
  const away = step || Math.min(1, (upper - lower) / 2)
  const least = minimum === undefined ? lower + away : lower
  const most = maximum === undefined ? upper - away : upper
  const nearest = Math.min(Math.max(0, least), most)
  return multipleOf === undefined ? nearest : Math.ceil(nearest / Number(multipleOf)) * Number(multipleOf)
}
