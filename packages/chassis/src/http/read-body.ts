import type { BodyMediaType } from '../definition/define-route.ts'
import { ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'
import { checkEncoding, checkMediaType } from './content-type.ts'
import { inputErrors, nulErrors } from './input-errors.ts'
import { parseJson } from './parse-json.ts'

const FORM: BodyMediaType = 'application/x-www-form-urlencoded'

export interface BodyLimits {
  maxBytes: number
  maxJsonDepth: number
}

/**
 * Reads and parses the body.
 *
 * @param listed Everything that the method takes at this path, for the answer to what is none of it.
 * @throws {ServiceError} `unsupported_media_type`, `body_too_large`, `malformed_body`, or `validation_failed` for what no schema should get to see.
 */
export function readBody(exchange: Exchange, accepts: readonly string[], listed: readonly string[], limits: BodyLimits): Promise<unknown> {
  const mediaType = checkMediaType(exchange, accepts, listed)
  checkEncoding(exchange)
  const bytes = readBytes(exchange, limits.maxBytes)
  return bytes.then((content) => parseBody(mediaType, decode(content), limits))
}

function readBytes(exchange: Exchange, maxBytes: number): Promise<Uint8Array> {
  checkLength(exchange, maxBytes)
  if (exchange.header('content-length') === undefined) return readStream(exchange, maxBytes)
  // The parser holds the client to what it declared.
  return exchange.request.arrayBuffer().then((buffer) => new Uint8Array(buffer), unreadable)
}

async function readStream({ request, signal }: Exchange, maxBytes: number): Promise<Uint8Array> {
  const reader: BodyReader | undefined = request.body?.getReader()
  const chunks: Uint8Array[] = []
  // A body that has not come by the deadline is waited for no longer.
  signal.addEventListener('abort', () => cancel(reader), { once: true })
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read().catch(unreadable)
    if (done) break
    size += value.byteLength
    if (size > maxBytes) {
      cancel(reader)
      throw tooLarge(maxBytes)
    }
    chunks.push(value)
  }
  // The listener above has ended what was read so far, which must not be taken for the whole.
  if (signal.aborted) unreadable(signal.reason)
  return Buffer.concat(chunks)
}

/** @throws {ServiceError} `body_too_large` for a body that says so itself. */
export function checkLength(exchange: Exchange, maxBytes: number): void {
  if (Number(exchange.header('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
}

export function tooLarge(maxBytes: number): ServiceError {
  // Without `Connection: close`: a client that is still sending would get a reset instead of the answer. The runtime discards the rest.
  return new ServiceError('body_too_large', `The body may have at most ${maxBytes} bytes.`)
}

/** What the readers of both runtimes have in common. */
export type BodyReader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>

/** A body that has failed already says so once more when it is cancelled. */
export function cancel(reader: BodyReader | undefined): void {
  reader?.cancel().catch(() => {})
}

export function unreadable(cause: unknown): never {
  throw new ServiceError('malformed_body', 'The body could not be read to its end.', { cause })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(content: Uint8Array): string {
  try {
    return utf8.decode(content)
  } catch {
    throw notUtf8()
  }
}

function notUtf8(): ServiceError {
  return new ServiceError('malformed_body', 'The body must be UTF-8.')
}

function parseBody(mediaType: string, text: string, { maxJsonDepth }: BodyLimits): unknown {
  return mediaType === FORM ? parseForm(text) : parseJson(text, maxJsonDepth)
}

function parseForm(text: string): Record<string, unknown> {
  checkEscapes(text)
  const fields = toRecord(new URLSearchParams(text))
  const errors = /%00|\0/.test(text) ? nulErrors('body', fields) : []
  if (errors.length > 0) throw inputErrors('validation_failed', errors)
  return fields
}

/** What is escaped must be UTF-8 as well; `URLSearchParams` would replace what is not, without a word. */
function checkEscapes(text: string): void {
  if (!/%[89a-f]/i.test(text)) return
  try {
    for (const [escapes] of text.matchAll(/(?:%[0-9a-f]{2})+/gi)) decodeURIComponent(escapes)
  } catch {
    throw notUtf8()
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
