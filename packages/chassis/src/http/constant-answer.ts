import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Exchange } from '../observe/exchange.ts'
import { compressedEtag, etagOf, isNoneMatchHit } from './etag.ts'
import { once } from './once.ts'
import { acceptsGzip } from './write-answer.ts'

const compress = promisify(gzip)

/** What is the same for as long as the process runs. */
export interface ConstantContent {
  text: string
  headers: Readonly<Record<string, string>>
}

/** Answers with what `make` makes when it is first asked for; it is compressed once, when the first client accepts that. */
export function createConstantAnswer(make: () => ConstantContent): (exchange: Exchange) => Promise<Response> {
  const content = once(make)
  const etag = once(() => etagOf(content().text))
  const compressed = once(() => compress(content().text))

  return async function answerConstant(exchange) {
    const isCompressed = acceptsGzip(exchange.header('accept-encoding'))
    const headers = { ...content().headers, vary: 'accept-encoding', etag: isCompressed ? compressedEtag(etag()) : etag() }
    if (isNoneMatchHit(exchange.header('if-none-match'), etag())) return new Response(null, { status: 304, headers: new Headers(headers) })
    if (!isCompressed) return new Response(content().text, { headers: new Headers(headers) })
    return new Response(await compressed(), { headers: new Headers({ ...headers, 'content-encoding': 'gzip' }) })
  }
}
