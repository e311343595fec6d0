import type { Json } from '../openapi/schema-components.ts'
import type { OpenApi } from '../openapi/to-openapi.ts'
import type { ApiResponse, Operation, Parameter } from '../openapi/to-operation.ts'
import { type Html, html } from './docs-html.ts'
import { renderInline, renderMarkdown } from './docs-markdown.ts'
import { deprecatedMark, renderField, renderSchema, requiredMark } from './docs-schema.ts'
import { isPlainObject, typeOf } from './docs-schema-words.ts'
import { renderTry } from './docs-try.ts'

export interface ListedOperation {
  method: string
  path: string
  operation: Operation
}

/** The operations of a document in the order of their definition. */
export function operationsOf({ paths }: OpenApi): ListedOperation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}

/** The line of the page's contents that leads to an operation. */
export function renderOperationLink({ method, path, operation }: ListedOperation): Html {
  return html`<li><a href="#operation-${operation.operationId}">${renderMethod(method)} <span><code>${renderPath(path)}</code>
<small>${operation.summary}${operation.deprecated && deprecatedMark}</small></span></a></li>`
}

export function renderOperation(listed: ListedOperation, openApi: OpenApi): Html {
  const { method, path, operation } = listed
  const { operationId, summary, description, deprecated, parameters = [] } = operation
  const id = `operation-${operationId}`
  return html`<article class="columns" id="${id}" aria-labelledby="${id}-title"><div><h3 id="${id}-title">${summary}${deprecated && deprecatedMark}</h3>
<p class="signature">${renderMethod(method)} <code>${renderPath(path)}</code></p>
${description && renderMarkdown(description)}
${renderParameters(parameters, openApi)}${renderRequestBody(operation, openApi)}${renderResponses(operation, openApi)}</div>
${renderTry(listed, openApi)}</article>`
}

function renderMethod(method: string): Html {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`
}

/** A parameter's place stands out, and a long path may break after each slash. */
function renderPath(path: string): Html {
  const parts = path.split(/(\{[^}]*\}|\/)/).filter(Boolean)
  return html`${parts.map((part) => (part.startsWith('{') ? html`<b>${part}</b>` : part === '/' ? html`/<wbr>` : part))}`
}

const PLACES: Readonly<Record<Parameter['in'], string>> = { path: 'In the path', query: 'In the query', header: 'In the header' }

function renderParameters(parameters: readonly Parameter[], { components }: OpenApi): Html {
  const places = Object.entries(PLACES).map(([place, title]) => ({ title, fields: parameters.filter((parameter) => parameter.in === place) }))
  const render = ({ name, required, description, deprecated, schema }: Parameter) =>
    renderField(name, { ...schema, ...(description && { description }) }, components.schemas, [
      required && requiredMark,
      deprecated && deprecatedMark,
    ])
  return html`${places.filter(({ fields }) => fields.length > 0).map(({ title, fields }) => html`<h4>${title}</h4><ul class="fields">${fields.map(render)}</ul>`)}`
}

/** Media types whose schema is the same are named together. */
function renderRequestBody({ requestBody }: Operation, { components }: OpenApi): Html {
  if (!requestBody) return html``
  const bySchema = Map.groupBy(Object.entries(requestBody.content), ([, { schema }]) => JSON.stringify(schema))
  const bodies = [...bySchema.values()].map((alike) => {
    const schema = alike[0]?.[1].schema ?? {}
    const types = alike.map(([type], index) => html`${index > 0 && ' or '}<code>${type}</code>`)
    return html`<p class="type">${types}${isPlainObject(schema) || html`: ${typeOf(schema)}`}</p>${renderSchema(schema, components.schemas)}`
  })
  return html`<h4>Request body</h4>${bodies}`
}

function renderResponses({ responses }: Operation, openApi: OpenApi): Html {
  const listed = Object.entries(responses).flatMap(([status, response]) => ('$ref' in response ? [] : [{ status, response }]))
  const answers = listed.filter(({ response }) => !response['x-problems']).map(({ status, response }) => renderResponse(status, response, openApi))
  const errors = listed.flatMap(({ status, response }) =>
    (response['x-problems'] ?? []).map((code) => html`<li>${renderStatus(status)} <a href="#${code}"><code>${code}</code></a></li>`),
  )
  return html`<h4>Responses</h4><ul class="answers">${answers}</ul><h4>Errors</h4><ul class="errors">${errors}</ul>`
}

function renderResponse(status: string, { description, content }: ApiResponse, openApi: OpenApi): Html {
  const schema = content?.['application/json']?.schema
  return html`<li>${renderStatus(status)}<div><p>${renderInline(description)}</p>${schema && renderAnswer(schema, openApi)}</div></li>`
}

/** Its colour is that of the status' class. */
export function renderStatus(status: string | number): Html {
  return html`<span class="status" data-class="${String(status).charAt(0)}">${status}</span>`
}

/** A named schema is a link here: it is often the same in many answers, and the example stands beside it. */
function renderAnswer(schema: Json, { components }: OpenApi): Html {
  // The answer's description, which stands there already, is its schema's.
  const { description: _, ...rest } = schema
  return html`${isPlainObject(rest) || html`<p class="type">${typeOf(rest)}</p>`}${rest.$ref === undefined && renderSchema(rest, components.schemas)}`
}
