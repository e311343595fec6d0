/** Markup that needs no more escaping. Of what a definition says, only {@link html} makes it, so that none of it is taken for markup. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

export type Content = Html | string | number | boolean | undefined | readonly Content[]

/** Joins the literal's own text, which is markup, with values, which are escaped. Lists are joined; booleans and undefined vanish. */
export function html({ raw }: TemplateStringsArray, ...values: readonly Content[]): Html {
  const parts = raw.map((markup, index) => (index === 0 ? '' : toText(values[index - 1])) + markup.replaceAll(/\n\s*/g, '\n'))
  return new Html(parts.join(''))
}

function toText(content: Content): string {
  if (content instanceof Html) return content.text
  if (Array.isArray(content)) return content.map(toText).join('')
  if (content === undefined || typeof content === 'boolean') return ''
  return escapeText(String(content))
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] as string)
}
