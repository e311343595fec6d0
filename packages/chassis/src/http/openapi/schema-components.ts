import { z } from 'zod'

export type Json = Record<string, unknown>

/** Whether a schema describes what a client sends or what it gets: a default makes a property optional in the one and certain in the other. */
export type Direction = 'input' | 'output'

/** One schema as Zod writes it, with references that count from its own root. */
interface LocalSchema {
  root: Json
  definitions: Readonly<Record<string, Json>>
  direction: Direction
  /** The name of what is recursive and has none. */
  hint: string
}

const LOCAL_PREFIX = '#/$defs/'

/** Collects the schemas of a document that have a name (`.meta({ id })`) or refer to themselves, and makes every reference count from the document's root. */
export class SchemaComponents {
  readonly schemas: Record<string, Json> = {}
  readonly #fingerprints = new Map<string, string>()

  constructor(reserved: Readonly<Record<string, Json>>) {
    for (const [name, schema] of Object.entries(reserved)) {
      this.schemas[name] = schema
      this.#fingerprints.set(name, 'reserved')
    }
  }

  toSchema(schema: z.ZodType, direction: Direction, hint: string): Json {
    const local = toLocalSchema(schema, direction, hint)
    return this.#rewrite(local.root, local) as Json
  }

  /** The same for a schema whose properties are wanted one by one, even where it has a name. */
  toObjectSchema(schema: z.ZodType, direction: Direction, hint: string): { properties: Record<string, Json>; required: string[] } {
    const local = toLocalSchema(schema, direction, hint)
    const named = typeof local.root.$ref === 'string' ? local.definitions[localName(local.root.$ref)] : undefined
    return { properties: {}, required: [], ...(this.#rewrite(named ?? local.root, local) as object) }
  }

  #rewrite(value: unknown, local: LocalSchema): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#rewrite(item, local))
    if (typeof value !== 'object' || value === null) return value
    const rewritten = ([key, item]: [string, unknown]) => [
      key,
      key === '$ref' && typeof item === 'string' ? this.#lift(item, local) : this.#rewrite(item, local),
    ]
    return Object.fromEntries(Object.entries(value).map(rewritten))
  }

  /** Makes a component of what a reference names, unless it is one already. */
  #lift(reference: string, local: LocalSchema): string {
    const key = localName(reference)
    const definition = local.definitions[key]
    if (!definition) return reference
    const name = this.#claimName(key, local)
    if (!Object.hasOwn(this.schemas, name)) {
      // Takes the place before the content is known, which may refer to it.
      this.schemas[name] = {}
      this.schemas[name] = this.#rewrite(definition, local) as Json
    }
    return `#/components/schemas/${name}`
  }

  /** The first name that is free or that the same content has already. */
  #claimName(key: string, local: LocalSchema): string {
    const fingerprint = fingerprintOf(key, local.definitions)
    for (const name of namesFor(key, local)) {
      const owner = this.#fingerprints.get(name)
      if (owner !== undefined && owner !== fingerprint) continue
      this.#fingerprints.set(name, fingerprint)
      return name
    }
    throw new Error(`There is no name left for the schema ${key}.`)
  }
}

function toLocalSchema(schema: z.ZodType, direction: Direction, hint: string): LocalSchema {
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, { io: direction, unrepresentable: 'any', override: refine }) as Json & { $defs?: Record<string, Json> }
  const isRecursive = references(root).has('#') || Object.values($defs).some((definition) => references(definition).has('#'))
  if (!isRecursive) return { root, definitions: $defs, direction, hint }
  return { root: { $ref: '#' }, definitions: { ...$defs, '#': root }, direction, hint }
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>

/** Where Zod's JSON Schema says more, or less, than is true of what travels as JSON. */
const refine: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod
  if (def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
  // That an answer has no other properties today must not keep a later version from adding some.
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties
  if (def.type === 'pipe' && jsonSchema.type === 'string' && isTruthText(zodSchema)) jsonSchema.examples ??= ['true', 'false']
  if (def.type === 'record' && JSON.stringify(jsonSchema.propertyNames) === '{"type":"string"}') delete jsonSchema.propertyNames
}

/** Whether this is text that becomes a boolean, as `z.stringbool()` is; JSON Schema then says no more than text. */
function isTruthText(schema: z.core.$ZodType): boolean {
  try {
    return z.parse(schema, 'true') === true && z.parse(schema, 'false') === false
  } catch {
    // It takes other words, or can't be asked at once because it is asynchronous.
    return false
  }
}

/** `Tree` of `#/$defs/Tree`, which is a JSON Pointer (RFC 6901); `#`, the root itself, keeps its name. */
function localName(reference: string): string {
  if (!reference.startsWith(LOCAL_PREFIX)) return reference
  return reference.slice(LOCAL_PREFIX.length).replaceAll('~1', '/').replaceAll('~0', '~')
}

function* namesFor(key: string, { direction, hint }: LocalSchema): Generator<string> {
  const isNameless = key === '#' || /^__schema\d+$/.test(key)
  // OpenAPI allows these characters in a component's name and no others.
  const name = isNameless ? hint : key.replaceAll(/[^A-Za-z0-9._-]+/g, '') || 'Schema'
  yield name
  if (!isNameless) yield name + (direction === 'input' ? 'Input' : 'Output')
  for (let number = 2; ; number++) yield `${name}${number}`
}

/** What a definition says, with everything that it refers to. */
function fingerprintOf(key: string, definitions: Readonly<Record<string, Json>>): string {
  const reachable = new Set([key])
  for (const name of reachable) for (const reference of references(definitions[name])) reachable.add(localName(reference))
  return JSON.stringify([...reachable].map((name) => [name === key ? '' : name, definitions[name]]))
}

function references(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found
  for (const [key, item] of Object.entries(value)) {
    if (key === '$ref' && typeof item === 'string') found.add(item)
    else references(item, found)
  }
  return found
}
