import type { Json } from '../openapi/schema-components.ts'
import { type Content, type Html, html } from './docs-html.ts'
import { alternativesOf } from './example-of.ts'

/** What a value is, in few words; a named schema is a link to where it is shown. */
export function typeOf(schema: Json): Html {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    return html`<a href="#schema-${name}">${name}</a>`
  }
  const alternatives = alternativesOf(schema)
  if (alternatives.length > 0) return join([...unique(alternatives.map(typeOf)), ...(isNullable(schema) ? [html`null`] : [])], ' or ')
  if (Array.isArray(schema.type))
    return join(
      schema.type.map((type) => typeOf({ ...schema, type })),
      ' or ',
    )
  if (schema.type === 'array')
    return Array.isArray(schema.prefixItems) ? html`tuple` : html`array of ${typeOf((schema.items as Json | undefined) ?? {})}`
  if (schema.type === 'object' && isMap(schema)) return html`map of ${typeOf(schema.additionalProperties as Json)}`
  if (typeof schema.format === 'string') return html`${schema.type as string} (${schema.format})`
  return html`${typeof schema.type === 'string' ? schema.type : typeof schema.const === 'object' || schema.const === undefined ? 'any' : typeof schema.const}`
}

/** Everything that narrows a value down beyond its type, each in a few words. */
export function constraintsOf(schema: Json): Html[] {
  const [only] = alternativesOf(schema).length === 1 ? alternativesOf(schema) : []
  const narrowed: Json = { ...only, ...schema }
  const { const: constant, enum: values, default: fallback, examples, format, pattern, multipleOf, uniqueItems } = narrowed
  return [
    ...(constant !== undefined ? [html`always ${literal(constant)}`] : []),
    ...(Array.isArray(values) ? [html`one of ${join(values.map(literal), ', ')}`] : []),
    ...between(narrowed.minLength, narrowed.maxLength, 'character'),
    // A tuple's places, each shown, say how many there are.
    ...(narrowed.prefixItems === undefined ? between(narrowed.minItems, narrowed.maxItems, 'item') : []),
    ...between(narrowed.minProperties, narrowed.maxProperties, 'member'),
    ...bounds(narrowed),
    ...(multipleOf !== undefined ? [html`a multiple of ${String(multipleOf)}`] : []),
    ...(uniqueItems === true ? [html`each item once`] : []),
    // A format says in a word what its pattern spells out.
    ...(typeof pattern === 'string' && format === undefined ? [html`matches ${html`<code>${pattern}</code>`}`] : []),
    ...(fallback !== undefined ? [html`default ${literal(fallback)}`] : []),
    ...(Array.isArray(examples) && examples.length > 0 ? [html`for example ${join(examples.slice(0, 3).map(literal), ', ')}`] : []),
    ...(narrowed.readOnly === true ? [html`read-only`] : []),
  ]
}

/** Whether the properties that follow say already that it is an object. */
export function isPlainObject({ type, properties }: Json): boolean {
  return type === 'object' && properties !== undefined
}

/** Whether this is an object with any names, whose values are alike. */
function isMap({ properties, additionalProperties }: Json): boolean {
  return properties === undefined && typeof additionalProperties === 'object' && additionalProperties !== null
}

function isNullable({ anyOf, oneOf }: Json): boolean {
  return (((anyOf ?? oneOf) as Json[] | undefined) ?? []).some(({ type }) => type === 'null')
}

function between(least: unknown, most: unknown, noun: string): Html[] {
  if (least === undefined && most === undefined) return []
  if (least === most) return [html`exactly ${counted(most, noun)}`]
  if (most === undefined) return [html`at least ${counted(least, noun)}`]
  if (least === undefined) return [html`at most ${counted(most, noun)}`]
  return [html`${String(least)} to ${counted(most, noun)}`]
}

function counted(count: unknown, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Json): Html[] {
  // The bounds of what a JavaScript number holds exactly tell a reader nothing.
  const least = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (least !== undefined && most !== undefined) return [html`${String(least)} to ${String(most)}`]
  return [
    ...(least !== undefined ? [html`at least ${String(least)}`] : []),
    ...(exclusiveMinimum !== undefined ? [html`more than ${String(exclusiveMinimum)}`] : []),
    ...(most !== undefined ? [html`at most ${String(most)}`] : []),
    ...(exclusiveMaximum !== undefined ? [html`less than ${String(exclusiveMaximum)}`] : []),
  ]
}

function literal(value: unknown): Html {
  return html`<code>${typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}</code>`
}

function join(parts: readonly Html[], separator: string): Html {
  return html`${parts.flatMap((part, index): Content[] => (index === 0 ? [part] : [separator, part]))}`
}

function unique(parts: readonly Html[]): Html[] {
  return [...new Map(parts.map((part) => [part.text, part])).values()]
}
