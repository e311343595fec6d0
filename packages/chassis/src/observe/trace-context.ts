import { randomFillSync } from 'node:crypto'

/** W3C Trace Context, level 1: who called, and whether that trace is sampled. */
export interface TraceParent {
  traceId: string
  spanId: string
  isSampled: boolean
}

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Undefined for anything that is not a valid `traceparent`; the request then starts a trace of its own, as the specification says. */
export function parseTraceParent(value: string | undefined): TraceParent | undefined {
  const match = value === undefined ? null : TRACEPARENT.exec(value)
  if (!match) return undefined
  const [, version, traceId, spanId, flags, more] = match
  if (version === '00' && more !== undefined) return undefined
  return { traceId: traceId as string, spanId: spanId as string, isSampled: (Number.parseInt(flags as string, 16) & 1) === 1 }
}

export function formatTraceParent(traceId: string, spanId: string, isSampled: boolean): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}

/**
 * The random part of a trace id (W3C Trace Context, level 2), as far as sampling looks at it: from 0 to 2²⁸ - 1.
 * By hand, because parseInt on a piece of the id costs several times as much.
 */
export function randomnessOf(traceId: string): number {
  let value = 0
  for (let index = 18; index < 25; index++) {
    const code = traceId.charCodeAt(index)
    value = (value << 4) | (code < 58 ? code - 48 : code - 87)
  }
  return value
}

const POOL_BYTES = 8192

/** Ids are cut from one long text of random digits: asking the operating system for each would cost more than the rest of a request's ids. */
class IdSource {
  readonly #bytes = Buffer.alloc(POOL_BYTES)
  #digits = ''
  #position = 0
  /** {@link randomnessOf} the trace id that was made last, from its bytes: to look into a text that was just cut costs a copy of it. */
  randomness = 0

  traceId(): string {
    const id = this.#cut(32)
    const bytes = this.#bytes
    const first = (this.#position >> 1) - 7
    this.randomness =
      ((bytes[first] as number) << 20) |
      ((bytes[first + 1] as number) << 12) |
      ((bytes[first + 2] as number) << 4) |
      ((bytes[first + 3] as number) >> 4)
    return id
  }

  spanId(): string {
    return this.#cut(16)
  }

  #cut(count: number): string {
    if (this.#position + count > this.#digits.length) {
      this.#digits = randomFillSync(this.#bytes).toString('hex')
      this.#position = 0
    }
    this.#position += count
    return this.#digits.slice(this.#position - count, this.#position)
  }
}

/** Trace ids of 16 random bytes and span ids of 8, in hexadecimal. */
export const newIds = new IdSource()
