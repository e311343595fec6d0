import { setTimeout as sleep } from 'node:timers/promises'
import { BadReply, Unavailable } from './upstream-error.ts'

/** An answer that is an error is read up to here, and for so long, so that its connection can be used again. */
const DISCARDED_BYTES = 65_536
const DISCARD_MILLISECONDS = 50

/** Statuses with which a server says that it can't now, and that another try may succeed (RFC 9110, section 15; RFC 6585). */
const isTemporary = (status: number) => status === 408 || status === 429 || status >= 500

export interface ReplyLimits {
  method: string
  maxBytes: number
  /** Milliseconds; a longer `Retry-After` is taken for that. */
  maxRetryAfter: number
}

/**
 * Reads a JSON answer to its end. `undefined` where there can't be a body.
 *
 * @throws {Unavailable} when it says that the upstream can't, {@link BadReply} for any other answer.
 */
export async function readReply(response: Response, { method, maxBytes, maxRetryAfter }: ReplyLimits): Promise<unknown> {
  const { status } = response
  if (status < 200 || status > 299) {
    await discard(response)
    if (isTemporary(status)) throw new Unavailable('status', { retryAfter: retryAfterOf(response, maxRetryAfter), detail: String(status) })
    throw new BadReply(`It answered ${status}.`)
  }
  if (method === 'HEAD') return undefined
  if (isPacked(response)) throw new BadReply('It answered with a packed body, though identity was asked for.')
  // Neither has a body, but for one that a server sends all the same; unread, it would keep the connection.
  if (status === 204 || status === 205) return void (await readBytes(response, maxBytes))
  checkMediaType(response)
  return parseJson(await readBytes(response, maxBytes))
}

/** `application/json`, or a type that ends with `+json`, in any case of its letters (RFC 9110, section 8.3.1). */
function checkMediaType({ headers }: Response): void {
  const type = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !type.endsWith('+json')) throw new BadReply('It answered with another media type than JSON.')
}

/** A small body that unpacks to a huge one would be in memory before its size is known. */
function isPacked({ headers }: Response): boolean {
  return !/^(identity)?$/i.test(headers.get('content-encoding') ?? '')
}

async function discard(response: Response): Promise<void> {
  if (isPacked(response)) return
  const end = new AbortController()
  const read = readBytes(response, DISCARDED_BYTES).catch(() => {})
  await Promise.race([read, sleep(DISCARD_MILLISECONDS, undefined, { signal: end.signal }).catch(() => {})])
  end.abort()
}

async function readBytes({ body, headers }: Response, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new BadReply(`It answered with more than ${maxBytes} bytes.`)
  if (Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The parser's own message quotes the answer.
    throw new BadReply('It answered with what is no JSON.')
  }
}

/** In milliseconds, from seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterOf({ headers }: Response, most: number): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? ''
  const milliseconds = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(milliseconds) ? undefined : Math.min(most, Math.max(0, milliseconds))
}
