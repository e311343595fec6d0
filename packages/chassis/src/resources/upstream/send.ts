import { runtime } from '#runtime'
import { readReply } from './read-reply.ts'
import type { OutgoingRequest } from './upstream-call.ts'
import { BadReply, Unavailable } from './upstream-error.ts'

export interface Sending {
  request: OutgoingRequest
  /** What is this try's own, beside the request's. */
  headers: Readonly<Record<string, string>>
  timeoutMilliseconds: number
  /** Ends the try before its time: nobody waits for it any more. */
  signal: AbortSignal | undefined
  maxBytes: number
  /** Milliseconds; a longer `Retry-After` is taken for that. */
  maxRetryAfter: number
  /** Told as soon as it is known. */
  onStatus(status: number): void
}

/** What runtimes say when no connection came about: Node by the cause's code, Bun by the error's. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/

/**
 * One try: sends a request and reads a JSON reply.
 *
 * @throws {Unavailable} when none comes, or one that says that the upstream can't; {@link BadReply} for any other reply.
 * What `signal` was aborted with, when it was.
 */
export async function send(sending: Sending): Promise<unknown> {
  const { signal, timeoutMilliseconds } = sending
  signal?.throwIfAborted()
  const abort = new AbortController()
  const ended = Promise.withResolvers<never>()
  const onAbort = () => ended.reject(signal?.reason)
  // Not AbortSignal.any with AbortSignal.timeout: both would stay behind until the collector finds them.
  const timer = setTimeout(() => ended.reject(new Unavailable('timeout')), Math.max(1, timeoutMilliseconds))
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    // The try ends in time even where the runtime is late to heed the abort.
    return await Promise.race([exchange(sending, abort.signal), ended.promise])
  } catch (error) {
    // Closes the connection, unless its answer has been read to the end.
    abort.abort()
    throw signal?.aborted ? signal.reason : error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

async function exchange({ request, headers, maxBytes, maxRetryAfter, onStatus }: Sending, signal: AbortSignal): Promise<unknown> {
  const { method, url, body, isIdempotent } = request
  try {
    const init = { method, headers: { ...request.headers, ...headers }, signal, ...(body !== undefined && { body }) }
    // A redirect is followed by nobody: it would lead to a host that no network policy allows. Without `keepalive`, which Node does not heed, Bun takes
    // a new connection, for one that the upstream is just closing would fail a call that can't be repeated.
    const response = await runtime.fetch(url, { ...init, redirect: 'manual', ...(!isIdempotent && { keepalive: false }) })
    onStatus(response.status)
    return await readReply(response, { method, maxBytes, maxRetryAfter })
  } catch (error) {
    throw error instanceof Unavailable || error instanceof BadReply ? error : toUnavailable(error)
  }
}

function toUnavailable(error: unknown): Unavailable {
  const codes = codesOf(error)
  const unsent = codes.find((code) => NOT_CONNECTED.test(code))
  return unsent === undefined ? new Unavailable('reset', { detail: codes[0] }) : new Unavailable('refused', { detail: unsent })
}

/** The codes of an error, of its cause, and of what that is made of: one for each address of a host. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : []
  const parts = error instanceof AggregateError ? error.errors : []
  return [...own, ...codesOf(error.cause), ...parts.flatMap(codesOf)]
}
