import type { Exchange } from './exchange.ts'
import type { LineBlock } from './line-block.ts'

const START = '{"time":"'
const DURATION = Buffer.from('","duration":0.')
const IDS = `,"trace_id":"${'0'.repeat(32)}","span_id":"${'0'.repeat(16)}","request_id":"`
const ID_BYTES = Buffer.from(IDS)
const TRACE_ID_AT = IDS.indexOf('0')
const SPAN_ID_AT = IDS.lastIndexOf('0') - 15
const END = Buffer.from('"}\n')
const UNSAFE_IN_JSON = /["\\\x00-\x1f\x7f]/

/** An access line as far as the path: constant for a route and status, but for the time. */
export class AccessLineHead {
  readonly #bytes: Buffer
  #now = 0

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#bytes = Buffer.from(`${START}${new Date(0).toISOString()}",${JSON.stringify(fields).slice(1, -1)},"url.path":"`)
  }

  /** With an ISO time, in UTC and to the millisecond; many requests share one. */
  at(now: number): Buffer {
    if (now !== this.#now) {
      this.#now = now
      this.#bytes.write(new Date(now).toISOString(), START.length)
    }
    return this.#bytes
  }
}

/** Byte by byte: a general serialiser would cost ten times as much, and a text, which has to become bytes in the end, twice as much. */
export function writeAccessLine(lines: LineBlock, head: AccessLineHead, exchange: Exchange, milliseconds: number): void {
  const { ids, givenRequestId } = exchange
  lines.copy(head.at(Date.now()))
  lines.text(jsonText(exchange.path))
  writeDuration(lines, Math.round(milliseconds * 1000))
  const start = lines.copy(ID_BYTES)
  lines.hexAt(start + TRACE_ID_AT, ids.bytes, ids.start, 16)
  lines.hexAt(start + SPAN_ID_AT, ids.bytes, ids.start + 16, 8)
  if (givenRequestId === undefined) lines.hex(ids.bytes, ids.start, 16)
  else lines.text(givenRequestId)
  lines.copy(END)
  lines.endLine()
}

function jsonText(text: string): string {
  return UNSAFE_IN_JSON.test(text) ? JSON.stringify(text).slice(1, -1) : text
}

/** In seconds, to the microsecond. */
function writeDuration(lines: LineBlock, microseconds: number): void {
  if (microseconds < 1_000_000) lines.copy(DURATION)
  else lines.text(`","duration":${Math.floor(microseconds / 1_000_000)}.`)
  lines.digits(microseconds % 1_000_000, 6)
}
