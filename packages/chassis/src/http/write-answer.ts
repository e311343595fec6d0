import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Reply } from '../definition/reply.ts'
import type { Route } from '../definition/define-route.ts'
import type { Exchange } from '../observe/exchange.ts'
import { compressedEtag, isNoneMatchHit } from './etag.ts'

const compress = promisify(gzip)

export interface AnswerOptions {
  /** Bytes from which an answer is compressed for a client that accepts gzip; 0 for never. */
  compressFromBytes: number
}

export type AnswerWriter = (exchange: Exchange, answer: unknown) => Response | Promise<Response>

/** Makes a route's writer: plain data, or a Reply, becomes a Response. */
export function createAnswerWriter(route: Route, { compressFromBytes }: AnswerOptions): AnswerWriter {
  const hasContent = route.response !== undefined
  const status = route.status ?? (hasContent ? 200 : 204)
  const isSafe = route.method === 'GET'

  return function writeAnswer(exchange, answer) {
    if (answer instanceof Reply) return writeReply(exchange, answer)
    if (!hasContent) return new Response(null, { status, headers: plainHeaders(exchange) })
    const text = toJson(answer)
    if (compressFromBytes > 0 && text.length >= compressFromBytes) return writeLarge(exchange, text, status, jsonHeaders(exchange))
    return new Response(text, { status, headers: jsonHeaders(exchange) })
  }

  function writeReply(exchange: Exchange, { data, options }: Reply<unknown>): Response | Promise<Response> {
    const { etag } = options
    const isWithoutContent = !hasContent || data === undefined || data === null
    const headers = { ...(isWithoutContent ? plainHeaders(exchange) : jsonHeaders(exchange)), ...options.headers, ...(etag && { etag }) }
    if (etag && isSafe && isNoneMatchHit(exchange.header('if-none-match'), etag)) return new Response(null, { status: 304, headers })
    if (isWithoutContent) return new Response(null, { status: options.status ?? status, headers })
    const text = toJson(data)
    if (compressFromBytes > 0 && text.length >= compressFromBytes) return writeLarge(exchange, text, options.status ?? status, headers)
    return new Response(text, { status: options.status ?? status, headers })
  }
}

// Plain objects: the Node adapter writes them without making a Headers object of them.
const plainHeaders = ({ requestId }: Exchange) => ({ 'x-content-type-options': 'nosniff', 'x-request-id': requestId })
const jsonHeaders = ({ requestId }: Exchange) => ({
  'content-type': 'application/json',
  'x-content-type-options': 'nosniff',
  'x-request-id': requestId,
})

function toJson(data: unknown): string {
  const text = JSON.stringify(data)
  if (text === undefined) throw new TypeError('A handler whose route has a response schema must return data.')
  return text
}

/** The answer says that it varies even where it is not compressed, or a cache would hand the plain one to everybody. */
async function writeLarge(exchange: Exchange, text: string, status: number, headers: Record<string, string>): Promise<Response> {
  const varying = { ...headers, vary: 'accept-encoding' }
  if (!acceptsGzip(exchange.header('accept-encoding'))) return new Response(text, { status, headers: varying })
  const { etag } = headers
  const encoded = { ...varying, 'content-encoding': 'gzip', ...(etag && { etag: compressedEtag(etag) }) }
  return new Response(await compress(text), { status, headers: encoded })
}

/** RFC 9110, section 12.5.3: named, or covered by `*`, and not with a weight of 0. */
function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined) return false
  const weights = new Map<string, boolean>()
  for (const item of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = item.split(';').map((part) => part.trim())
    weights.set(coding, !parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter)))
  }
  return weights.get('gzip') ?? weights.get('*') ?? false
}
