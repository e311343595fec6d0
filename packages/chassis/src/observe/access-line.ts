import type { Exchange } from './exchange.ts'
import type { LineBlock } from './line-block.ts'

const START = '{"time":"'
const MICROSECONDS = '0'.repeat(6)
/** What follows the path, with noughts for what differs from line to line. The duration is in seconds. */
const TAIL = `","duration":0.${MICROSECONDS},"trace_id":"${'0'.repeat(32)}","span_id":"${'0'.repeat(16)}","request_id":"${'0'.repeat(32)}"}\n`
const TAIL_BYTES = Buffer.from(TAIL)
const SECONDS_AT = TAIL.indexOf('0')
const TRACE_ID_AT = TAIL.indexOf('trace_id') + 'trace_id":"'.length
const SPAN_ID_AT = TAIL.indexOf('span_id') + 'span_id":"'.length
const REQUEST_ID_AT = TAIL.indexOf('request_id') + 'request_id":"'.length
const UNSAFE_IN_JSON = /["\\\x00-\x1f\x7f]/

/** What the access lines of a route and status have in common, with the time of the last one. */
export class AccessLine {
  /** The path that the route's template is, where it has no parameters. */
  readonly #path: string
  /** As far as the path. */
  readonly #head: Buffer
  /** With the template as the path, to the end. */
  readonly #whole: Buffer
  #now = 0

  constructor(template: string, fields: Readonly<Record<string, unknown>>) {
    const head = `${START}${new Date(0).toISOString()}",${JSON.stringify(fields).slice(1, -1)},"url.path":"`
    this.#path = template
    this.#head = Buffer.from(head)
    this.#whole = Buffer.from(head + jsonText(template) + TAIL)
  }

  /** Byte by byte: a general serialiser would cost ten times as much, and a text, which has to become bytes in the end, twice as much. */
  write(lines: LineBlock, exchange: Exchange, milliseconds: number): void {
    this.#setTime(Date.now())
    const { path } = exchange
    if (path === this.#path) lines.copy(this.#whole)
    else {
      lines.copy(this.#head)
      lines.text(jsonText(path))
      lines.copy(TAIL_BYTES)
    }
    fillIn(lines, exchange, Math.round(milliseconds * 1000))
    lines.endLine()
  }

  /** ISO 8601, in UTC and to the millisecond; many requests share one. */
  #setTime(now: number): void {
    if (now === this.#now) return
    this.#now = now
    const time = new Date(now).toISOString()
    this.#head.write(time, START.length)
    this.#whole.write(time, START.length)
  }
}

function fillIn(lines: LineBlock, { ids, givenRequestId }: Exchange, microseconds: number): void {
  const seconds = Math.floor(microseconds / 1_000_000)
  if (seconds > 0) lines.replaceFrom(lines.length - TAIL.length + SECONDS_AT, `${seconds}${TAIL.slice(SECONDS_AT + 1)}`)
  const tail = lines.length - TAIL.length
  lines.digitsAt(tail + SECONDS_AT + 2, microseconds - seconds * 1_000_000, MICROSECONDS.length)
  lines.hexAt(tail + TRACE_ID_AT, ids.bytes, ids.start, 16)
  lines.hexAt(tail + SPAN_ID_AT, ids.bytes, ids.start + 16, 8)
  if (givenRequestId === undefined) lines.hexAt(tail + REQUEST_ID_AT, ids.bytes, ids.start, 16)
  else lines.replaceFrom(tail + REQUEST_ID_AT, `${givenRequestId}"}\n`)
}

function jsonText(text: string): string {
  return UNSAFE_IN_JSON.test(text) ? JSON.stringify(text).slice(1, -1) : text
}
