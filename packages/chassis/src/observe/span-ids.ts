import { randomFillSync } from 'node:crypto'

const TRACE_ID_BYTES = 16
const SPAN_ID_BYTES = 8
const BYTES = TRACE_ID_BYTES + SPAN_ID_BYTES
const CHUNK_BYTES = 512 * BYTES

/** The ids of one span: 16 bytes that name its trace, then 8 that name itself. They become text only where somebody asks for it. */
export class SpanIds {
  readonly bytes: Buffer
  /** Where they start in `bytes`, which many spans share. */
  readonly start: number

  constructor(bytes: Buffer, start: number) {
    this.bytes = bytes
    this.start = start
  }

  get traceId(): string {
    return this.bytes.toString('hex', this.start, this.start + TRACE_ID_BYTES)
  }

  get spanId(): string {
    return this.bytes.toString('hex', this.start + TRACE_ID_BYTES, this.start + BYTES)
  }

  /** The random part of the trace id (W3C Trace Context, level 2), as far as sampling looks at it: from 0 to 2²⁸ - 1. */
  get randomness(): number {
    const { bytes, start } = this
    const at = (index: number) => bytes[start + index] as number
    return (at(9) << 20) | (at(10) << 12) | (at(11) << 4) | (at(12) >> 4)
  }

  /** Of a new span in the same trace. */
  child(): SpanIds {
    const ids = newTraceIds()
    this.bytes.copy(ids.bytes, ids.start, this.start, this.start + TRACE_ID_BYTES)
    return ids
  }
}

let chunk = Buffer.alloc(0)
let position = 0

/** Of the first span of a new trace. Cut from a chunk of random bytes: asking the operating system each time would cost more than all else in them. */
export function newTraceIds(): SpanIds {
  if (position === chunk.length) {
    // Not the same memory again: requests that are still in flight have their ids in it.
    chunk = randomFillSync(Buffer.allocUnsafeSlow(CHUNK_BYTES))
    position = 0
  }
  position += BYTES
  return new SpanIds(chunk, position - BYTES)
}

/** Of a new span in a trace that is given in hexadecimal. */
export function newIdsIn(traceId: string): SpanIds {
  const ids = newTraceIds()
  ids.bytes.write(traceId, ids.start, TRACE_ID_BYTES, 'hex')
  return ids
}
