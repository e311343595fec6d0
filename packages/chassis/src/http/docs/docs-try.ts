import type { Json } from '../openapi/schema-components.ts'
import type { OpenApi } from '../openapi/to-openapi.ts'
import type { Operation, Parameter } from '../openapi/to-operation.ts'
import { type Html, html } from './docs-html.ts'
import type { ListedOperation } from './docs-operation.ts'
import { exampleOf, resolveSchema } from './example-of.ts'

/**
 * The form that sends a request, and an example of the response. The script finds fields by `data-name`: were a parameter's name
 * the field's `name`, one called `method` or `submit` would hide the form's own property.
 */
export function renderTry({ method, path, operation }: ListedOperation, { components }: OpenApi): Html {
  const { operationId, summary, parameters = [] } = operation
  const fields = parameters.map((parameter, index) => renderParameter(parameter, `try-${operationId}-${index}`, components.schemas))
  return html`<div class="try"><form data-method="${method}" data-path="${path}" aria-label="Try it: ${summary}"><h4>Try it</h4>
${fields}${renderBody(operation, `try-${operationId}`, components.schemas)}
<button type="submit">Send <span class="unseen">${method} ${path}</span></button></form>
<div class="answer"><p class="outcome" role="status"></p><details hidden><summary>Header fields</summary><pre class="head"></pre></details>
<pre class="body" tabindex="0" role="group" aria-label="Response body" hidden></pre></div>
${renderExampleResponse(operation, components.schemas)}</div>`
}

function renderParameter({ name, in: place, required, schema }: Parameter, id: string, schemas: OpenApi['components']['schemas']): Html {
  const label = html`<label for="${id}"><code>${name}</code>${!required && html` <span>optional</span>`}</label>`
  const resolved = resolveSchema(schema, schemas)
  const { enum: choices = resolved.type === 'boolean' ? [true, false] : undefined, default: fallback, examples } = resolved
  const attributes = html`id="${id}" data-in="${place}" data-name="${name}"${required && html` required`}`
  if (Array.isArray(choices)) {
    const options = choices.map((choice) => html`<option>${String(choice)}</option>`)
    return html`${label}<select ${attributes}>${!required && html`<option value="">${fallback === undefined ? 'not sent' : `default: ${fallback}`}</option>`}${options}</select>`
  }
  const example = Array.isArray(examples) ? String(examples[0]) : undefined
  const isList = resolved.type === 'array'
  const hint = isList ? 'separated by commas' : fallback !== undefined ? `default: ${fallback}` : required ? undefined : example
  return html`${label}<input ${attributes}${isList && html` data-list`} type="text"${required && example !== undefined && html` value="${example}"`}
${hint !== undefined && html` placeholder="${hint}"`} autocomplete="off" autocapitalize="off" spellcheck="false">`
}

function renderBody({ requestBody }: Operation, id: string, schemas: OpenApi['components']['schemas']): Html {
  if (!requestBody) return html``
  const examples = Object.entries(requestBody.content).map(([type, { schema }]) => ({ type, text: exampleText(type, exampleOf(schema, schemas)) }))
  const [first, ...others] = examples
  if (!first) return html``
  const options = examples.map(({ type, text }) => html`<option data-example="${text}">${type}</option>`)
  const media =
    others.length === 0
      ? html`<input type="hidden" data-in="media" value="${first.type}">`
      : html`<label for="${id}-media">Content-Type</label><select id="${id}-media" data-in="media">${options}</select>`
  const rows = Math.min(18, first.text.split('\n').length + 1)
  // A browser drops one line break after the tag, so that an example may begin with one.
  return html`${media}<label for="${id}-body">Body</label><textarea id="${id}-body" data-in="body" rows="${rows}" autocapitalize="off" spellcheck="false">${`\n${first.text}`}</textarea>`
}

function exampleText(type: string, example: unknown): string {
  if (type !== 'application/x-www-form-urlencoded') return isJson(type) || typeof example !== 'string' ? JSON.stringify(example, null, 2) : example
  const isObject = typeof example === 'object' && example !== null
  return new URLSearchParams(isObject ? Object.entries(example).map(([name, value]): [string, string] => [name, String(value)]) : []).toString()
}

function isJson(type: string): boolean {
  return /[/+]json$/.test(type)
}

function renderExampleResponse({ responses }: Operation, schemas: OpenApi['components']['schemas']): Html {
  for (const [status, response] of Object.entries(responses)) {
    const schema: Json | undefined = status.startsWith('2') && 'content' in response ? response.content?.['application/json']?.schema : undefined
    if (schema) {
      return html`<div class="example"><h4>Example response</h4><pre tabindex="0" role="group" aria-label="Example response">${JSON.stringify(exampleOf(schema, schemas), null, 2)}</pre></div>`
    }
  }
  return html``
}
