import { styleText } from 'node:util'
import type { LineWriter } from './line-writer.ts'

export interface PrettyOptions {
  /** Whether to use colours. */
  colours: boolean
  /** Put before each line, for logs of several deployments in one terminal. @default '' */
  prefix?: string
}

type Style = Parameters<typeof styleText>[0]

const LEVEL_STYLES: Record<string, Style> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red', fatal: 'red' }
/** What a reader at a terminal knows, or has in the line's text already. */
const HIDDEN = new Set(['time', 'level', 'service', 'deployment', 'message', 'trace_id', 'span_id', 'exception.stacktrace'])

/** Turns JSON log lines into lines for people: `12:00:01.123 INFO  message key=value`. */
export function createPrettyWriter(writer: LineWriter, options: PrettyOptions): LineWriter {
  return {
    write: (line) => writer.write(prettyLine(line, options)),
    flush: () => writer.flush(),
  }
}

export function prettyLine(line: string, { colours, prefix = '' }: PrettyOptions): string {
  const paint = (style: Style, text: string) => (colours ? styleText(style, text, { validateStream: false }) : text)
  const entry = parse(line)
  if (!entry) return `${prefix}${line}`
  const time = String(entry.time ?? '').slice(11, 23)
  const level = String(entry.level ?? '')
  const label = paint(LEVEL_STYLES[level] ?? 'white', level.toUpperCase().padEnd(5))
  const head = `${prefix}${paint('dim', time)} ${label}`
  if (entry['http.request.method'] !== undefined && entry.duration !== undefined) return `${head} ${accessText(entry, paint)}\n`
  const fields = Object.entries(entry)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => paint('dim', `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`))
  const stack = typeof entry['exception.stacktrace'] === 'string' ? `\n${paint('dim', entry['exception.stacktrace'])}` : ''
  return `${[head, String(entry.message ?? ''), ...fields].join(' ')}${stack}\n`
}

function accessText(entry: Record<string, unknown>, paint: (style: Style, text: string) => string): string {
  const status = Number(entry['http.response.status_code'])
  const style: Style = status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green'
  const milliseconds = (Number(entry.duration) * 1000).toFixed(1)
  return `${entry['http.request.method']} ${entry['url.path']} ${paint(style, String(status))} ${paint('dim', `${milliseconds} ms`)}`
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
