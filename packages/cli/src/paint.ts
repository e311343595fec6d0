import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

/** Colours text where a terminal shows it, and leaves it as it is elsewhere or where NO_COLOR asks for that (https://no-color.org). */
export function createPaint({ isTTY }: { isTTY?: boolean }): Paint {
  if (!isTTY || process.env.NO_COLOR) return (_style, text) => text
  return (style, text) => styleText(style, text, { validateStream: false })
}
