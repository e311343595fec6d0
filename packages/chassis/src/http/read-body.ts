import type { BodyMediaType } from '../definition/define-route.ts'
import { ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'

export interface BodyLimits {
  maxBytes: number
  maxJsonDepth: number
}

/**
 * Reads and parses the body.
 *
 * @throws {ServiceError} `unsupported_media_type`, `body_too_large` or `malformed_body`.
 */
export function readBody(exchange: Exchange, accepts: readonly BodyMediaType[], limits: BodyLimits): Promise<unknown> {
  const mediaType = checkMediaType(exchange.header('content-type'), accepts)
  checkEncoding(exchange.header('content-encoding'))
  const bytes = readBytes(exchange, limits.maxBytes)
  return bytes.then((content) => parseBody(mediaType, decode(content), limits))
}

function checkMediaType(contentType: string | undefined, accepts: readonly BodyMediaType[]): BodyMediaType {
  // Parameters, a charset above all, do not change the media type (RFC 9110, section 8.3.1).
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  const accepted = accepts.find((type) => type === mediaType)
  if (accepted) return accepted
  const given = mediaType ? `It is ${mediaType}.` : 'There is no Content-Type.'
  throw new ServiceError('unsupported_media_type', `The body must be ${accepts.join(' or ')}. ${given}`, { headers: { accept: accepts.join(', ') } })
}

function checkEncoding(coding: string | undefined): void {
  if (coding === undefined || coding.toLowerCase() === 'identity') return
  // What is compressed can be a thousand times as large as it looks. RFC 9110, section 15.5.16, wants Accept-Encoding in the answer.
  throw new ServiceError('unsupported_media_type', `The body must not be encoded; it is ${coding}.`, { headers: { 'accept-encoding': 'identity' } })
}

function readBytes(exchange: Exchange, maxBytes: number): Promise<Uint8Array> {
  const declared = exchange.header('content-length')
  if (declared === undefined) return readStream(exchange, maxBytes)
  if (Number(declared) > maxBytes) throw tooLarge(maxBytes)
  // The parser holds the client to what it declared.
  return exchange.request.arrayBuffer().then((buffer) => new Uint8Array(buffer), unreadable)
}

async function readStream({ request, signal }: Exchange, maxBytes: number): Promise<Uint8Array> {
  const reader = request.body?.getReader()
  const chunks: Uint8Array[] = []
  // A body that has not come by the deadline is waited for no longer.
  signal.addEventListener('abort', () => void reader?.cancel(), { once: true })
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read().catch(unreadable)
    if (done) break
    size += value.byteLength
    if (size > maxBytes) {
      void reader.cancel()
      throw tooLarge(maxBytes)
    }
    chunks.push(value)
  }
  return Buffer.concat(chunks)
}

function tooLarge(maxBytes: number): ServiceError {
  // Without `Connection: close`: a client that is still sending would get a reset instead of the answer. The runtime discards the rest.
  return new ServiceError('body_too_large', `The body may have at most ${maxBytes} bytes.`)
}

function unreadable(cause: unknown): never {
  throw new ServiceError('malformed_body', 'The body could not be read to its end.', { cause })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(content: Uint8Array): string {
  try {
    return utf8.decode(content)
  } catch {
    throw new ServiceError('malformed_body', 'The body must be UTF-8.')
  }
}

function parseBody(mediaType: BodyMediaType, text: string, { maxJsonDepth }: BodyLimits): unknown {
  if (mediaType === 'application/x-www-form-urlencoded') return toRecord(new URLSearchParams(text))
  // Each level takes two characters at least.
  if (text.length > 2 * maxJsonDepth) checkDepth(text, maxJsonDepth)
  try {
    return JSON.parse(text)
  } catch {
    throw new ServiceError('malformed_body', 'The body must be JSON (RFC 8259).')
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Before parsing, because a parser that recurses would run out of stack on what this refuses. */
function checkDepth(text: string, maxDepth: number): void {
  let depth = 0
  let isInString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isInString) {
      if (code === BACKSLASH) index++
      else if (code === QUOTE) isInString = false
    } else if (code === QUOTE) isInString = true
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) throw new ServiceError('malformed_body', `The body may be nested at most ${maxDepth} levels deep.`)
    } else if (code === 0x7d || code === 0x5d) depth--
  }
}

/** A name that stands more than once becomes a list, one of `lists` always does. */
export function toRecord(search: URLSearchParams, lists: ReadonlySet<string> = new Set()): Record<string, unknown> {
  const record: Record<string, unknown> = Object.create(null)
  for (const [name, value] of search) {
    const earlier = record[name]
    if (Array.isArray(earlier)) earlier.push(value)
    else if (earlier !== undefined) record[name] = [earlier, value]
    else record[name] = lists.has(name) ? [value] : value
  }
  return record
}
