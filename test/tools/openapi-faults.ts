import { validate } from '@readme/openapi-parser'
import { Ajv2020 } from 'ajv/dist/2020.js'

type Json = Record<string, unknown>

const SCHEMA_PLACES = new Set(['schema', 'items', 'additionalProperties', 'propertyNames', 'not'])
const SCHEMA_MAPS = new Set(['schemas', 'properties'])
const SCHEMA_LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])

/**
 * Everything that is wrong with an OpenAPI 3.1 document. The parser judges its structure, operation ids, parameters and references; it takes
 * any object for a schema, any pointer for a reference and any name for a path's parameters, so these are looked at here.
 */
export async function openApiFaults(document: object): Promise<string[]> {
  const plain = JSON.parse(JSON.stringify(document))
  const result = await validate(structuredClone(plain))
  const faults = result.valid ? [] : result.errors.map(({ message }) => message)
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  for (const { path, schema } of schemasIn(plain, '#')) {
    if (!ajv.validateSchema(schema as Json)) faults.push(`${path} is not a JSON Schema: ${ajv.errorsText(ajv.errors)}`)
  }
  for (const reference of referencesIn(plain)) {
    if (!reference.startsWith('#/components/')) faults.push(`${reference} must count from the document's components.`)
  }
  const shapes = Object.keys((plain as { paths: Json }).paths).map((path) => path.replaceAll(/\{[^}]*\}/g, '{}'))
  for (const shape of new Set(shapes.filter((shape, index) => shapes.indexOf(shape) < index))) {
    faults.push(`${shape} is listed twice, with other names for its parameters.`)
  }
  return faults
}

function* schemasIn(value: unknown, path: string): Generator<{ path: string; schema: unknown }> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    const here = `${path}/${key}`
    if (SCHEMA_PLACES.has(key)) yield { path: here, schema: item }
    if (SCHEMA_MAPS.has(key) || SCHEMA_LISTS.has(key))
      for (const [name, schema] of Object.entries(item as Json)) yield { path: `${here}/${name}`, schema }
    yield* schemasIn(item, here)
  }
}

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    if (key === '$ref' && typeof item === 'string') yield item
    else yield* referencesIn(item)
  }
}
