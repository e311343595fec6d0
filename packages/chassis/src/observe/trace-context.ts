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
