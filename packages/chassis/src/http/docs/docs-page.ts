import { createHash } from 'node:crypto'
import type { OpenApi } from '../openapi/to-openapi.ts'
import { Html, html } from './docs-html.ts'
import { renderInline, renderMarkdown } from './docs-markdown.ts'
import { operationsOf, renderOperation, renderOperationLink, renderStatus } from './docs-operation.ts'
import { renderNamedSchema } from './docs-schema.ts'
import { docsScript } from './docs-script.ts'
import { docsStyle } from './docs-style.ts'

/** An empty image, or the browser would ask the service for /favicon.ico. */
const ICON = 'data:,'

/** The API page: one HTML document, rendered here, that loads nothing, so that it works offline. */
export function renderDocsPage(openApi: OpenApi): string {
  const { info, components } = openApi
  const operations = operationsOf(openApi)
  const schemas = Object.entries(components.schemas)
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="description" content="${info.summary}">
<title>${info.title} API</title><link rel="icon" href="${ICON}">${inline('style', docsStyle)}</head>
<body><a class="skip" href="#page-content">Skip to the content</a>
<header class="banner"><h1>${info.title}</h1><p class="lead">${info.summary}</p>
${info.description && renderMarkdown(info.description)}
<p class="facts"><span>Version ${info.version}</span> <a href="/openapi.json">OpenAPI ${openApi.openapi} document</a></p></header>
<nav aria-label="On this page"><h2>Contents</h2><ul class="operations">${operations.map(renderOperationLink)}</ul>
<ul><li><a href="#section-errors">Errors</a></li><li><a href="#section-schemas">Schemas</a></li></ul></nav>
<main id="page-content" tabindex="-1"><section aria-labelledby="section-operations"><h2 id="section-operations">Operations</h2>
${operations.map((operation) => renderOperation(operation, openApi))}</section>
${renderProblems(openApi)}
<section aria-labelledby="section-schemas"><h2 id="section-schemas">Schemas</h2>
${schemas.map(([name, schema]) => renderNamedSchema(name, schema, components.schemas))}</section></main>
${inline('script', docsScript)}</body></html>`.text
}

/** What the page may do: run its own script and style, which their hashes name, and call the service that it came from. */
export function docsPagePolicy(): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(docsScript)}'`,
    `style-src '${hashOf(docsStyle)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Each code is an anchor, because the `type` of problem details leads here (RFC 9457, section 3.1.1). All other ids have a hyphen, which no code has. */
function renderProblems(openApi: OpenApi): Html {
  const rows = Object.entries(openApi['x-problems'])
    .sort(([, a], [, b]) => a.status - b.status)
    .map(
      ([code, { status, title, remedy }]) =>
        html`<tr id="${code}" role="row"><td role="cell">${renderStatus(status)}</td>
<th scope="row" role="rowheader"><a href="#${code}"><code>${code}</code></a></th><td role="cell">${title}</td><td role="cell">${renderInline(remedy)}</td></tr>`,
    )
  return html`<section aria-labelledby="section-errors"><h2 id="section-errors">Errors</h2>
<p>Every error is answered as <code>application/problem+json</code> (RFC 9457), a <a href="#schema-Problem">Problem</a> whose <code>type</code> leads to its row here.</p>
<table role="table"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Status</th><th scope="col" role="columnheader">Code</th>
<th scope="col" role="columnheader">Title</th><th scope="col" role="columnheader">What to do</th></tr></thead><tbody role="rowgroup">${rows}</tbody></table></section>`
}

/** The element whose text has the hash that the policy names: nothing may be added to it, not even a blank. */
function inline(tag: 'script' | 'style', text: string): Html {
  return new Html(`<${tag}>${text}</${tag}>`)
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
