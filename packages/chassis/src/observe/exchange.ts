import type { RawHeaders } from '../runtime/runtime.ts'
import type { BoundRoute } from './bound-route.ts'
import type { RequestSpan } from './request-span.ts'
import { newIdsIn, newTraceIds, type SpanIds } from './span-ids.ts'
import { parseTraceParent, parseTraceState, type TraceParent } from './trace-context.ts'

/** The parameters of a path that has none. */
export const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({})

const REQUEST_ID = /^[\w.:+/=-]{1,128}$/

/** One request and what becomes of it: the only object that the steps of the request path share. */
export class Exchange {
  readonly request: Request
  readonly #rawHeaders: RawHeaders | undefined
  /** Milliseconds on the clock of `performance.now`. */
  readonly startedAt: number
  readonly method: string
  /** Without the query, percent-encoded as it came. */
  readonly path: string
  readonly parent: TraceParent | undefined
  readonly ids: SpanIds
  /** The client's own id for the request, `X-Request-Id`, where it is harmless. Every answer sends it back. */
  readonly givenRequestId: string | undefined
  /** Decided by the observer, which made the exchange. */
  isSampled = false
  span: RequestSpan | undefined
  /** The route that answers; until one is found, the one for unknown paths. */
  route: BoundRoute
  /** The parameters of the path, by the route's names for them. */
  params: Readonly<Record<string, string>> = NO_PARAMS
  /** What was thrown and became an `internal_error`. */
  error: unknown
  /** On the clock of `performance.now`. */
  deadlineAt = Number.POSITIVE_INFINITY
  /** Whether all of the request has arrived that its route reads. */
  isReceived = true
  #abort: AbortController | undefined
  #abortReason: unknown

  constructor(request: Request, rawHeaders: RawHeaders | undefined, startedAt: number, route: BoundRoute, path: string | undefined) {
    this.request = request
    this.#rawHeaders = rawHeaders
    this.startedAt = startedAt
    this.method = request.method
    this.path = path ?? pathOf(request.url)
    this.parent = parseTraceParent(this.header('traceparent'))
    this.ids = this.parent === undefined ? newTraceIds() : newIdsIn(this.parent.traceId)
    this.givenRequestId = harmlessId(this.header('x-request-id'))
    this.route = route
  }

  /** Finds the request in log and traces: the client's id, else the trace's. */
  get requestId(): string {
    return this.givenRequestId ?? this.ids.traceId
  }

  /** The header fields that every answer sends back; undefined where there are none. */
  get echo(): Readonly<Record<string, string>> | undefined {
    return this.givenRequestId === undefined ? undefined : { 'x-request-id': this.givenRequestId }
  }

  /** A header field by its lower-case name. */
  header(name: string): string | undefined {
    const raw = this.#rawHeaders
    if (raw === undefined) return this.request.headers.get(name) ?? undefined
    const value = raw[name]
    return typeof value === 'object' ? value.join(', ') : value
  }

  /** Aborted at the deadline, or when the client is gone. Made when it is first asked for: most handlers never do. */
  get signal(): AbortSignal {
    if (this.#abort) return this.#abort.signal
    const abort = new AbortController()
    this.#abort = abort
    const { signal } = this.request
    if (this.#abortReason !== undefined || signal.aborted) abort.abort(this.#abortReason ?? signal.reason)
    else signal.addEventListener('abort', () => abort.abort(signal.reason), { once: true })
    return abort.signal
  }

  get isAborted(): boolean {
    return this.#abortReason !== undefined
  }

  abort(reason: unknown): void {
    this.#abortReason = reason
    this.#abort?.abort(reason)
  }

  /** W3C `tracestate`, to be sent on as it came; it counts only beside a valid `traceparent`. */
  get traceState(): string | undefined {
    return this.parent && parseTraceState(this.header('tracestate'))
  }

  /** The query with its question mark; empty where there is none. */
  get search(): string {
    const start = this.request.url.indexOf('?')
    return start === -1 ? '' : this.request.url.slice(start)
  }
}

function harmlessId(given: string | undefined): string | undefined {
  return given !== undefined && REQUEST_ID.test(given) ? given : undefined
}

function pathOf(url: string): string {
  // Bun gives no scheme and no host where the request has no Host, or one that is none.
  const hasHost = url.charCodeAt(0) !== 0x2f
  const start = hasHost ? url.indexOf('/', url.indexOf('//') + 2) : 0
  if (start === -1) return '/'
  const query = url.indexOf('?', start)
  return query === -1 ? url.slice(start) : url.slice(start, query)
}
