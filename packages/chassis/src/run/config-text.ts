import { z } from 'zod'
import { innerSchema, isSecret } from '../definition/secret.ts'

/** Converts an environment variable's text to what its schema takes; text that does not convert stays text, for the schema to refuse. */
export function convertText(schema: z.core.$ZodType, text: string): unknown {
  const inner = innerSchema(schema)
  if (inner) return convertText(inner, text)
  switch (schema._zod.def.type) {
    case 'number':
    case 'int':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text
    case 'boolean':
      return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : text
    case 'array':
      return listOf(schema, text)
    case 'object':
    case 'record':
      return parseJson(text)
    default:
      return text
  }
}

/** The sentence for a value that its schema refuses, naming key, problem and remedy. A secret's value is never part of it. */
export function explainProblem(key: string, schema: z.ZodType, text: string, issues: readonly z.core.$ZodIssue[], isSecret: boolean): string {
  const custom = issues.find((issue) => issue.code === 'custom')
  const problem = custom ? `${key} is not valid: ${custom.message}` : `${key} must be ${expectation(schema)}`
  const shown = isSecret ? 'its value is not shown, for it is a secret' : `it is ${JSON.stringify(shownText(text))}`
  const fallback = defaultOf(schema)
  return `${problem}; ${shown}.${fallback === undefined ? '' : ` Unset it for the default, ${fallback}.`}`
}

/** Not longer than a line, and without the credentials that a URL may hold. */
function shownText(text: string): string {
  const shown = text.replace(/(:\/\/)[^/@\s]*@/, '$1[redacted]@')
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown
}

/** The sentence for a required key that is not set. */
export function explainMissing(key: string, schema: z.ZodType, isSecret: boolean): string {
  return `${key} is not set; set it${isSecret ? ` or ${key}_FILE` : ''} to ${expectation(schema)}: ${schema.description}`
}

/** What a schema takes, in words: «a whole number from 1 to 65535». */
export function expectation(schema: z.ZodType): string {
  return inWords(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }))
}

/**
 * The default as one would write it in the environment; undefined where there is none. Of a secret, only a default that was put around it is told,
 * `secret(…).default('sqlite:data/users.db')`: what stands inside is secret itself.
 */
export function defaultOf(schema: z.ZodType): string | undefined {
  if (isSecret(schema) && !isDefaultOutside(schema)) return undefined
  const value = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }).default
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined
  return Array.isArray(value) ? value.join(',') : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isDefaultOutside(schema: z.ZodType): boolean {
  for (let current: z.core.$ZodType | undefined = schema; current; current = innerSchema(current)) {
    if ((current as z.ZodType).meta()?.secret === true) return false
    if (current._zod.def.type === 'default' || current._zod.def.type === 'prefault') return true
  }
  return false
}

function listOf(schema: z.core.$ZodType, text: string): unknown {
  const { element } = schema._zod.def as z.core.$ZodArrayDef
  if (text.trim() === '') return []
  return text.split(',').map((item) => convertText(element, item.trim()))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function inWords(json: z.core.JSONSchema.BaseSchema): string {
  if (json.enum) return json.enum.length === 1 ? String(json.enum[0]) : `one of ${json.enum.join(', ')}`
  if (json.const !== undefined) return String(json.const)
  switch (json.type) {
    case 'integer':
      return `a whole number${range(json)}`
    case 'number':
      return `a number${range(json)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return `a list, separated by commas, each ${inWords((json.items ?? {}) as z.core.JSONSchema.BaseSchema)}`
    case 'object':
      return 'a JSON object'
    case 'string':
      return text(json)
    default:
      return json.anyOf ? json.anyOf.map((option) => inWords(option as z.core.JSONSchema.BaseSchema)).join(' or ') : 'valid'
  }
}

function range({ minimum, maximum, exclusiveMinimum }: z.core.JSONSchema.BaseSchema): string {
  // A safe integer's own bounds say nothing to an operator.
  const lower = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum
  const upper = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum
  const more = exclusiveMinimum === undefined ? '' : ` more than ${exclusiveMinimum}`
  if (lower !== undefined && upper !== undefined) return ` from ${lower} to ${upper}`
  if (lower !== undefined) return ` of at least ${lower}`
  if (upper !== undefined) return `${more && `${more} and`} at most ${upper}`
  return more
}

function text({ format, pattern, minLength, maxLength }: z.core.JSONSchema.BaseSchema): string {
  if (format === 'uri') return 'a URL with its scheme, like https://example.org'
  if (format) return `text of the format ${format}`
  if (pattern) return `text that matches ${pattern}`
  if (minLength !== undefined && maxLength !== undefined) return `text of ${minLength} to ${maxLength} characters`
  if (minLength !== undefined) return `text of at least ${minLength} character${minLength === 1 ? '' : 's'}`
  if (maxLength !== undefined) return `text of at most ${maxLength} characters`
  return 'text'
}
