import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { runtime } from '#runtime'
import type { Route } from '../definition/define-route.ts'
import { Reply, type ReplyOptions } from '../definition/reply.ts'
import { itemSchema, statusesOf } from '../definition/route-facts.ts'
import type { Exchange } from '../observe/exchange.ts'
import { AnswerStream } from './answer-stream.ts'
import { compressedEtag, isNoneMatchHit } from './etag.ts'
import { isAsyncIterable, JsonBlocks } from './json-blocks.ts'
import type { ProblemWriter } from './to-problem.ts'

const compress = promisify(gzip)

export interface AnswerOptions {
  /** Bytes from which an answer is compressed for a client that accepts gzip; 0 for never. */
  compressFromBytes: number
  /** Logs what breaks a streamed answer off. */
  toProblem: ProblemWriter
}

export type AnswerWriter = (exchange: Exchange, answer: unknown) => Response | Promise<Response>

/** Makes a route's writer: plain data, or a Reply, becomes a Response. */
export function createAnswerWriter(route: Route, { compressFromBytes, toProblem }: AnswerOptions): AnswerWriter {
  const hasContent = route.response !== undefined
  const isList = itemSchema(route.response) !== undefined
  const [status] = statusesOf(route)
  const isSafe = route.method === 'GET'

  return function writeAnswer(exchange, answer) {
    if (answer instanceof Reply) return writeReply(exchange, answer)
    if (!hasContent) return respondEmpty(null, status, exchange.echo)
    if (isList && isAsyncIterable(answer)) return writeStream(exchange, answer, status, exchange.echo)
    const text = toJson(answer)
    if (compressFromBytes > 0 && text.length >= compressFromBytes) return writeLarge(exchange, text, status, exchange.echo)
    return respondJson(text, status, exchange.echo)
  }

  function writeReply(exchange: Exchange, { data, options }: Reply<unknown>): Response | Promise<Response> {
    const { etag, status: replyStatus = status } = options
    if (!(replyStatus >= 200 && replyStatus <= 599)) throw new RangeError(`A reply must have a status from 200 to 599; it has ${replyStatus}.`)
    const headers = headersOf(exchange, options)
    const isKnown = etag !== undefined && isSafe && isNoneMatchHit(exchange.header('if-none-match'), etag)
    if (isKnown) {
      if (isList && isAsyncIterable(data)) void new JsonBlocks(data).close()
      return respondEmpty(null, 304, headers)
    }
    if (isList && isAsyncIterable(data)) return writeStream(exchange, data, replyStatus, headers)
    if (!hasContent || data === undefined || data === null) return respondEmpty(null, replyStatus, headers)
    const text = toJson(data)
    if (compressFromBytes > 0 && text.length >= compressFromBytes) return writeLarge(exchange, text, replyStatus, headers)
    return respondJson(text, replyStatus, headers)
  }

  /** What fits into one block is answered like a list that was there at once. A HEAD gets what tells its status, and no more. */
  async function writeStream(
    exchange: Exchange,
    items: AsyncIterable<unknown>,
    streamStatus: number,
    headers: HeaderFields | undefined,
  ): Promise<Response> {
    const stream = new AnswerStream(exchange, items, toProblem)
    try {
      const { block, isWhole } = await stream.begin()
      if (isWhole) return respondJson(block, streamStatus, headers)
      const head = { ...STREAM_HEADERS, ...headers }
      if (exchange.method !== 'HEAD') return stream.respond(block, streamStatus, head)
      await stream.close()
      return respondHead(streamStatus, head)
    } catch (error) {
      await stream.close()
      throw error
    }
  }
}

type HeaderFields = Readonly<Record<string, string>>

/** Spreading costs Bun a microsecond; where there is nothing but an entity tag, it is left out. */
function headersOf({ echo }: Exchange, { etag, headers }: ReplyOptions): HeaderFields | undefined {
  if (etag === undefined && headers === undefined) return echo
  if (headers === undefined && echo === undefined) return { etag: etag as string }
  return { ...echo, ...headers, ...(etag !== undefined && { etag }) }
}

const JSON_HEADERS = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' }
/** Were it kept alive, the connection of an answer that outlasts the beginning of a drain would hold up its end. */
const STREAM_HEADERS = { ...JSON_HEADERS, connection: 'close' }
const respondEmpty = runtime.createResponder({ 'x-content-type-options': 'nosniff' })
const respondJson = runtime.createResponder(JSON_HEADERS)

/** Without content, Bun would state a length of 0, which the answer to a GET has not. */
function respondHead(status: number, headers: HeaderFields): Response {
  const content = new ReadableStream({ pull: (controller) => controller.close() }, { highWaterMark: 0 })
  return new Response(content, { status, headers: new Headers(headers) })
}

function toJson(data: unknown): string {
  const text = JSON.stringify(data)
  if (text === undefined) throw new TypeError('A handler whose route has a response schema must return data.')
  return text
}

/** The answer says that it varies even where it is not compressed, or a cache would hand the plain one to everybody. */
async function writeLarge(exchange: Exchange, text: string, status: number, headers: HeaderFields | undefined): Promise<Response> {
  if (!acceptsGzip(exchange.header('accept-encoding'))) {
    return respondJson(text, status, { ...headers, vary: 'accept-encoding' })
  }
  const etag = headers?.etag
  return new Response(await compress(text), {
    status,
    headers: new Headers({
      ...JSON_HEADERS,
      ...headers,
      vary: 'accept-encoding',
      'content-encoding': 'gzip',
      ...(etag && { etag: compressedEtag(etag) }),
    }),
  })
}

/** RFC 9110, section 12.5.3: named, or covered by `*`, and not with a weight of 0. */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined) return false
  const weights = new Map<string, boolean>()
  for (const item of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = item.split(';').map((part) => part.trim())
    weights.set(coding, !parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter)))
  }
  return weights.get('gzip') ?? weights.get('*') ?? false
}
