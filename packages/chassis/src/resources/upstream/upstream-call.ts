import type { z } from 'zod'
import type { CallScope } from '../../definition/call-scope.ts'

export interface UpstreamCall<Reply> {
  /** @default 'GET', or 'POST' with `json` */
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** What follows the path of the upstream's URL, and never leads out of it. @default '' */
  path?: string
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  /** The body, to be sent as JSON. */
  json?: unknown
  /** What the reply must be; `undefined` is what a reply without a body is, to HEAD or with status 204. */
  response: z.ZodType<Reply>
  /** Whether it can be repeated when nobody knows if it was done (RFC 9110, section 9.2.2). @default true but for POST and PATCH */
  isIdempotent?: boolean
  /** @default the request */
  within?: CallScope
}

/** What a call sends, each time it is tried. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: URL
  readonly body: string | undefined
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly isIdempotent: boolean
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])
const METHODS = new Set([...IDEMPOTENT, 'POST', 'PATCH'])
const BODILESS = new Set(['GET', 'HEAD'])
/** Fields that say how one connection is used (RFC 9110, section 7.6.1), and how a body comes over it. */
const CONNECTION_FIELD = /^(accept-encoding|connection|content-length|expect|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i

/** @throws {TypeError} for what can't be sent: that is no fault of the upstream. */
export function toOutgoingRequest(
  base: URL,
  { method, path = '', query = {}, headers = {}, json, isIdempotent }: UpstreamCall<unknown>,
): OutgoingRequest {
  const theMethod = method ?? (json === undefined ? 'GET' : 'POST')
  if (!METHODS.has(theMethod)) throw new TypeError(`The method of a call must be one of ${[...METHODS].join(', ')}.`)
  if (json !== undefined && BODILESS.has(theMethod)) throw new TypeError(`A call by ${theMethod} has no body; remove its json or change its method.`)
  for (const [name, value] of Object.entries(headers)) checkField(name, value)
  return {
    method: theMethod,
    url: urlOf(base, path, query),
    body: json === undefined ? undefined : JSON.stringify(json),
    headers: {
      accept: 'application/json',
      // A packed reply is refused.
      'accept-encoding': 'identity',
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    },
    isIdempotent: isIdempotent ?? IDEMPOTENT.has(theMethod),
  }
}

function checkField(name: string, value: string): void {
  if (CONNECTION_FIELD.test(name)) throw new TypeError(`A call must not set the header field ${name}, which belongs to the connection; remove it.`)
  try {
    new Headers([[name, value]])
  } catch {
    // The runtime's own message quotes the value.
    throw new TypeError(`The header field ${JSON.stringify(name)} of a call has a name or a value that HTTP does not allow; correct it.`)
  }
}

function urlOf(base: URL, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(base)
  const root = base.pathname.replace(/\/$/, '')
  if (path !== '') {
    url.pathname = `${root}/${path.replace(/^\//, '')}`
    if (!url.pathname.startsWith(`${root}/`)) throw new TypeError(`The path of a call must not lead out of the upstream's URL with «..».`)
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value)
  return url
}
