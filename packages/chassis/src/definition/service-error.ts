/** One row of the table of errors: what its code means to a client, everywhere alike. */
export interface ProblemKind {
  /** HTTP status, 400 to 599. */
  status: number
  /** Short, the same at every occurrence (RFC 9457, section 3.1.3). */
  title: string
  /** What a client or an operator can do about it. */
  remedy: string
}

/** Every error that the chassis itself answers with. A service adds its own rows with `errors` in its definition. */
export const chassisProblems = {
  malformed_path: { status: 400, title: 'Malformed path', remedy: 'Correct the parameters in the path, listed under errors.' },
  malformed_body: { status: 400, title: 'Malformed body', remedy: 'Send a body that parses as the media type that Content-Type names.' },
  bad_request: { status: 400, title: 'Bad request', remedy: 'Correct the request as the detail says.' },
  not_found: { status: 404, title: 'Not found', remedy: 'Check the identifier; the object may have been deleted.' },
  unknown_path: { status: 404, title: 'Unknown path', remedy: 'See /docs for the paths of this service.' },
  method_not_allowed: { status: 405, title: 'Method not allowed', remedy: 'Use one of the methods that the Allow header lists.' },
  request_timeout: { status: 408, title: 'Request timeout', remedy: 'Send the whole request sooner.' },
  conflict: { status: 409, title: 'Conflict', remedy: 'Read the current state, then decide anew.' },
  precondition_failed: { status: 412, title: 'Precondition failed', remedy: 'Read the object again and repeat the change with its new ETag.' },
  body_too_large: { status: 413, title: 'Body too large', remedy: "Send less, or raise MAX_BODY_BYTES or the route's own maxBodyBytes." },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    remedy: 'Send one of the media types that the Accept header of this answer lists.',
  },
  validation_failed: { status: 422, title: 'Validation failed', remedy: 'Correct what is listed under errors.' },
  too_many_headers: { status: 431, title: 'Header fields too large', remedy: 'Send smaller header fields, or raise MAX_HEADER_BYTES.' },
  internal_error: { status: 500, title: 'Internal error', remedy: 'Give the requestId to the operator, who finds the cause in the log.' },
  bad_upstream_reply: {
    status: 502,
    title: 'Bad upstream reply',
    remedy: 'Give the requestId to the operator: the log tells what another service answered, and which request it did not like.',
  },
  upstream_unavailable: {
    status: 503,
    title: 'Upstream unavailable',
    remedy: 'Try again after the time that Retry-After names: another service that this one needs is away, busy or too slow.',
  },
  resource_unavailable: {
    status: 503,
    title: 'Resource unavailable',
    remedy: 'Try again after the time that Retry-After names; whether a change was made, a read tells.',
  },
  not_ready: { status: 503, title: 'Not ready', remedy: 'Try again after the time that Retry-After names.' },
  overloaded: { status: 503, title: 'Overloaded', remedy: 'Try again after the time that Retry-After names.' },
  deadline_exceeded: { status: 504, title: 'Deadline exceeded', remedy: 'Try again, or raise REQUEST_DEADLINE.' },
} as const satisfies Record<string, ProblemKind>

export type ChassisProblemCode = keyof typeof chassisProblems

/** One thing that is wrong with the input. */
export interface InputError {
  /** Where: `body.age`, `query.limit`, `params.uuid`. */
  path: string
  message: string
}

export interface ServiceErrorOptions {
  /** Each thing that is wrong with the input. */
  errors?: readonly InputError[]
  /** Header fields of the answer. */
  headers?: Readonly<Record<string, string>>
  /** Seconds after which the client may try again; becomes `Retry-After`. */
  retryAfter?: number
  /** Logged, never sent. */
  cause?: unknown
}

/**
 * What a handler throws to answer with an error. The code names a row in the chassis's table or in the service's own `errors`;
 * anything else that is thrown is answered as `internal_error`, and only the log knows why.
 *
 * @example throw new ServiceError('not_found', `There is no config named ${name}.`)
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: string
  readonly errors: readonly InputError[] | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly retryAfter: number | undefined

  /** @param detail A sentence for the client about this one occurrence. */
  constructor(code: ChassisProblemCode | (string & {}), detail?: string, options: ServiceErrorOptions = {}) {
    super(detail ?? '', options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.errors = options.errors
    this.headers = options.headers
    this.retryAfter = options.retryAfter
  }
}
