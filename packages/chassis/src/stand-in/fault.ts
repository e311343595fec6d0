import type { Socket } from 'node:net'

/** What the stand-in does instead of answering well, and how it is told so in the help. */
export const FAULTS = {
  none: 'answers as the real one does',
  slow: 'answers well after `delay` milliseconds, 2000 unless told',
  drop: 'destroys the connection',
  'half-close': 'ends its side of the connection in the midst of an answer',
  error: 'answers 500',
  busy: 'answers 503 with Retry-After: 1, or `retryAfter` seconds',
  html: 'answers 200 with a page of HTML',
  empty: 'answers 200 without a body',
  'wrong-shape': 'answers 200 with JSON of another shape',
  reply: 'answers 200 with `reply` as JSON',
  huge: 'answers 200 with 10 MB of JSON',
} as const

export type FaultName = keyof typeof FAULTS

export interface Fault {
  /** @default 'none' */
  fault?: FaultName
  /** Milliseconds, for `slow`. @default 2000 */
  delay?: number
  /** Seconds, for `busy`. @default 1 */
  retryAfter?: number
  /** Any JSON, for `reply`. @default null */
  reply?: unknown
  /** How many calls it lasts, at least one; then all is well. @default for ever */
  times?: number
}

export interface Answer {
  status: number
  headers: Readonly<Record<string, string>>
  body: string | Buffer
}

const JSON_TYPE = { 'content-type': 'application/json' }
const HUGE_BYTES = 10_000_000

let huge: Buffer | undefined

/** Made once: many of them at a time would say more of this process's memory than of the caller's. */
function hugeBody(): Buffer {
  huge ??= Buffer.from(JSON.stringify('A'.repeat(HUGE_BYTES)))
  return huge
}

/** For the faults that are an answer. */
export function faultyAnswer({ fault, retryAfter = 1, reply = null }: Fault): Answer | undefined {
  switch (fault) {
    case 'error':
      return { status: 500, headers: { 'content-type': 'text/plain' }, body: 'Internal Server Error' }
    case 'busy':
      return { status: 503, headers: { 'content-type': 'text/plain', 'retry-after': String(retryAfter) }, body: 'Busy' }
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Welcome</title><p>It works!' }
    case 'empty':
      return { status: 200, headers: JSON_TYPE, body: '' }
    case 'wrong-shape':
      return { status: 200, headers: JSON_TYPE, body: '{"wrong": ["shape"]}' }
    case 'reply':
      return { status: 200, headers: JSON_TYPE, body: JSON.stringify(reply) }
    case 'huge':
      return { status: 200, headers: JSON_TYPE, body: hugeBody() }
    default:
      return undefined
  }
}

/** For the faults of the connection. Whether there was one to bring about. */
export function breakConnection({ fault }: Fault, socket: Socket): boolean {
  if (fault === 'drop') socket.destroy()
  if (fault === 'half-close') socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"half": ')
  return fault === 'drop' || fault === 'half-close'
}

/** @throws {TypeError} with a sentence that says what it must be. */
export function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('The body must be an object, such as {"fault": "slow", "delay": 500}.')
  const { fault = 'none', delay, retryAfter, reply, times, ...others } = Object.fromEntries(Object.entries(value))
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new TypeError(`${unknown} is unknown; there are fault, delay, retryAfter, reply and times.`)
  if (!isFaultName(fault)) throw new TypeError(`fault must be one of ${Object.keys(FAULTS).join(', ')}.`)
  return {
    fault,
    ...(reply !== undefined && { reply }),
    ...numberOf('delay', delay),
    ...numberOf('retryAfter', retryAfter),
    ...timesOf(times),
  }
}

function isFaultName(name: unknown): name is FaultName {
  return typeof name === 'string' && Object.hasOwn(FAULTS, name)
}

function numberOf(key: string, value: unknown): Record<string, number> {
  if (value === undefined) return {}
  if (typeof value !== 'number' || !(value >= 0 && value <= 600_000)) throw new TypeError(`${key} must be a number from 0 to 600000.`)
  return { [key]: value }
}

function timesOf(times: unknown): { times?: number } {
  if (times === undefined) return {}
  if (typeof times !== 'number' || !Number.isSafeInteger(times) || times < 1) throw new TypeError('times must be a whole number, at least 1.')
  return { times }
}
