import type { Json } from '../openapi/schema-components.ts'
import { type Content, type Html, html } from './docs-html.ts'
import { renderInline, renderMarkdown } from './docs-markdown.ts'
import { constraintsOf, isPlainObject, typeOf } from './docs-schema-words.ts'
import { alternativesOf, resolveSchema } from './example-of.ts'

type Schemas = Readonly<Record<string, Json>>

/** What a schema is made of: what narrows it down, and its members. A reference is opened once; those within it are links. */
export function renderSchema(schema: Json, schemas: Schemas): Html {
  const resolved = resolveSchema(schema, schemas)
  return html`${renderFacts(resolved)}${renderMembers(resolved, schemas)}`
}

/** The section on one named schema, which links lead to. */
export function renderNamedSchema(name: string, schema: Json, schemas: Schemas): Html {
  const { description, ...rest } = resolveSchema(schema, schemas)
  return html`<article id="schema-${name}" class="schema"><h3>${name}</h3>
${typeof description === 'string' && renderMarkdown(description)}
${isPlainObject(rest) || html`<p class="type">${typeOf(rest)}</p>`}${renderSchema(rest, schemas)}</article>`
}

/** One line for each thing that has a name: a parameter, a property, a place in a tuple. */
export function renderField(name: string, schema: Json, schemas: Schemas, marks: Content): Html {
  return html`<li><p><code class="name">${name}</code> <span class="type">${typeOf(schema)}</span>${marks}</p>
${renderFacts(schema)}${renderMembers(schema, schemas)}</li>`
}

export const requiredMark = html` <span class="required">required</span>`
export const deprecatedMark = html` <span class="deprecated">deprecated</span>`

function renderFacts(schema: Json): Html {
  return html`${typeof schema.description === 'string' && html`<p>${renderInline(schema.description)}</p>`}${renderConstraints(schema)}`
}

function renderConstraints(schema: Json): Html {
  const constraints = constraintsOf({ ...schema, ...(isLong(schema.examples) && { examples: undefined }) })
  if (constraints.length === 0) return html``
  return html`<ul class="constraints">${constraints.map((constraint) => html`<li>${constraint}</li>`)}</ul>`
}

/** An example that is an object stands better by itself, beside the schema. */
function isLong(examples: unknown): boolean {
  return Array.isArray(examples) && examples.some((example) => typeof example === 'object' && example !== null)
}

/** What is inside: properties, items, alternatives. References are not opened, so this ends. */
function renderMembers(schema: Json, schemas: Schemas): Html {
  const { allOf, properties, required = [], items, prefixItems, additionalProperties } = schema
  if (Array.isArray(allOf)) return renderMembers(resolveSchema(schema, schemas), schemas)
  if (typeof properties === 'object' && properties !== null) {
    const fields = Object.entries(properties as Record<string, Json>).map(([name, property]) => {
      const marks = [(required as string[]).includes(name) && requiredMark, property.deprecated === true && deprecatedMark]
      return renderField(name, property, schemas, marks)
    })
    return fields.length > 0 ? html`<ul class="fields">${fields}</ul>` : html``
  }
  if (Array.isArray(prefixItems))
    return html`<ul class="fields">${prefixItems.map((item: Json, index) => renderField(`[${index}]`, item, schemas, false))}</ul>`
  const alternatives = alternativesOf(schema)
  if (alternatives.length === 1) return renderMembers(alternatives[0] as Json, schemas)
  if (alternatives.some(hasMembers))
    return html`<ul class="fields alternatives">${alternatives.map((alternative, index) => renderAlternative(index === 0 ? 'either' : 'or', alternative, schemas))}</ul>`
  return html`${[items, additionalProperties].map((inner) => isSchema(inner) && renderInner(inner, schemas))}`
}

/** The items of an array or the values of a map: nothing where the type has said it all. */
function renderInner(schema: Json, schemas: Schemas): Html {
  const constraints = renderFacts(schema)
  return html`${constraints.text !== '' && html`<div class="inner"><p>Each one:</p>${constraints}</div>`}${renderMembers(schema, schemas)}`
}

function renderAlternative(word: string, schema: Json, schemas: Schemas): Html {
  const title = typeof schema.title === 'string' && html`<strong>${schema.title}</strong> `
  return html`<li><p>${title}<span class="type">${word} ${typeOf(schema)}</span></p>${renderFacts(schema)}${renderMembers(schema, schemas)}</li>`
}

function hasMembers({ properties, items, prefixItems }: Json): boolean {
  return properties !== undefined || items !== undefined || prefixItems !== undefined
}

function isSchema(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !('$ref' in value && Object.keys(value).length === 1)
}
