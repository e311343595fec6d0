import { type Html, html } from './docs-html.ts'

/** The part of Markdown that descriptions are written in: paragraphs, lists, `code` and **bold**. Everything else is text. */
export function renderMarkdown(text: string): Html {
  return html`${blocksOf(text).map(renderBlock)}`
}

/** The same for one line, as in a table. */
export function renderInline(text: string): Html {
  // Code first: what stands in it is not read any further.
  const parts = text.split(/(`[^`\n]+`|\*\*(?!\s)[^*\n]+?\*\*)/g)
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : renderMark(part)))}`
}

function renderMark(part: string): Html {
  return part.startsWith('`') ? html`<code>${part.slice(1, -1)}</code>` : html`<strong>${renderInline(part.slice(2, -2))}</strong>`
}

const BULLET = /^\s*[-*]\s+/
const NUMBER = /^\s*\d+[.)]\s+/

interface Block {
  kind: 'paragraph' | 'bullets' | 'numbers'
  /** A paragraph has one. */
  items: string[]
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  let isContinued = false
  for (const line of text.split(/\r?\n/)) {
    const last = blocks.at(-1)
    const kind = BULLET.test(line) ? 'bullets' : NUMBER.test(line) ? 'numbers' : 'paragraph'
    const words = line.trim().replace(BULLET, '').replace(NUMBER, '')
    if (line.trim() === '') isContinued = false
    else {
      if (last && isContinued && kind === 'paragraph') last.items.push(`${last.items.pop()} ${words}`)
      // A list goes on after a blank line; a paragraph does not.
      else if (last?.kind === kind && kind !== 'paragraph') last.items.push(words)
      else blocks.push({ kind, items: [words] })
      isContinued = true
    }
  }
  return blocks
}

function renderBlock({ kind, items }: Block): Html {
  if (kind === 'paragraph') return html`<p>${items.map(renderInline)}</p>`
  const list = items.map((item) => html`<li>${renderInline(item)}</li>`)
  return kind === 'bullets' ? html`<ul>${list}</ul>` : html`<ol>${list}</ol>`
}
