import { createHash } from 'node:crypto'
import { ServiceError } from '../definition/service-error.ts'

/** Marks the entity tag of a compressed representation, which must differ from the plain one's (RFC 9110, section 8.8.3.3). */
const GZIP_SUFFIX = '-gzip'

/** A strong entity tag for data, with its quotes, from what its JSON says. */
export function etagOf(data: unknown): string {
  return `"${createHash('sha1').update(JSON.stringify(data)).digest('base64url')}"`
}

/** The tag that the compressed representation of the same data has. */
export function compressedEtag(etag: string): string {
  return `${etag.slice(0, -1)}${GZIP_SUFFIX}"`
}

/** Whether `If-None-Match` names the tag, by weak comparison (RFC 9110, section 13.1.2). */
export function isNoneMatchHit(header: string | undefined, etag: string): boolean {
  return header !== undefined && (isAny(header) || tags(header).some((tag) => plain(withoutWeakness(tag)) === withoutWeakness(etag)))
}

/**
 * To be called before a change, with the tag of what is stored now; undefined when nothing is.
 *
 * @throws {ServiceError} `precondition_failed` when `If-Match` is there and does not name the tag, by strong comparison (RFC 9110, section 13.1.1).
 */
export function checkIfMatch(header: string | undefined, etag: string | undefined): void {
  if (header === undefined) return
  const isHit = etag !== undefined && (isAny(header) || tags(header).some((tag) => !isWeak(tag) && plain(tag) === etag))
  if (!isHit) throw new ServiceError('precondition_failed', 'If-Match does not name the current ETag.')
}

/** One entity tag of a list, with the commas before it; a list may have empty elements (RFC 9110, sections 5.6.1 and 8.8.3). */
const LISTED_TAG = /[\t ,]*((?:W\/)?"[!#-~\x80-\xff]*")[\t ]*(?=,|$)/gy

/** The tags of a list; none when any part of it is something else, because nobody knows what its sender meant. */
function tags(header: string): string[] {
  const matches = [...header.matchAll(LISTED_TAG)]
  const rest = header.slice(matches.reduce((length, [text]) => length + text.length, 0))
  return /^[\t ,]*$/.test(rest) ? matches.map(([, tag]) => tag as string) : []
}

/** Only the whole field value can be the asterisk, never one element of a list. */
function isAny(header: string): boolean {
  return header.trim() === '*'
}

function isWeak(tag: string): boolean {
  return tag.startsWith('W/')
}

function withoutWeakness(tag: string): string {
  return isWeak(tag) ? tag.slice(2) : tag
}

function plain(tag: string): string {
  return tag.endsWith(`${GZIP_SUFFIX}"`) ? `${tag.slice(0, -GZIP_SUFFIX.length - 1)}"` : tag
}
