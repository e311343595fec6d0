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

/** The most that has to be sent on. */
const MAX_STATE_MEMBERS = 32
const MAX_STATE_CHARACTERS = 512
const STATE_MEMBER = /^[a-z0-9][a-z0-9_*/@-]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/

/** `tracestate` as it came; undefined for anything that is not valid, which must not be sent on to anybody. */
export function parseTraceState(value: string | undefined): string | undefined {
  if (value === undefined || value.length > MAX_STATE_CHARACTERS) return undefined
  const members = value.split(',').map((member) => member.trim())
  const isValid = members.length <= MAX_STATE_MEMBERS && members.every((member) => member === '' || STATE_MEMBER.test(member))
  return isValid ? value : undefined
}

export function formatTraceParent(traceId: string, spanId: string, isSampled: boolean): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}
