import { ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'

/** A media type without its parameters, a charset above all, which do not change it (RFC 9110, section 8.3.1). */
export function mediaTypeOf(exchange: Exchange): string | undefined {
  return exchange.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
}

/**
 * The media type of a request's body, where it is one of `accepts`.
 *
 * @param listed Everything that the method takes at this path, which may be more than this route does.
 * @throws {ServiceError} `unsupported_media_type`
 */
export function checkMediaType(exchange: Exchange, accepts: readonly string[], listed: readonly string[]): string {
  const mediaType = mediaTypeOf(exchange)
  if (mediaType !== undefined && accepts.includes(mediaType)) return mediaType
  const given = mediaType ? `It is ${mediaType}.` : 'There is no Content-Type.'
  const all = listed.join(', ')
  // RFC 9110, section 15.5.16, for every method; RFC 5789, section 2.2, for PATCH.
  const headers = exchange.method === 'PATCH' ? { accept: all, 'accept-patch': all } : { accept: all }
  throw new ServiceError('unsupported_media_type', `The body must be ${listed.join(' or ')}. ${given}`, { headers })
}

/** @throws {ServiceError} `unsupported_media_type` */
export function checkEncoding(exchange: Exchange): void {
  const coding = exchange.header('content-encoding')
  if (coding === undefined || coding.toLowerCase() === 'identity') return
  // What is compressed can be a thousand times as large as it looks. RFC 9110, section 15.5.16, wants Accept-Encoding in the answer.
  throw new ServiceError('unsupported_media_type', `The body must not be encoded; it is ${coding}.`, { headers: { 'accept-encoding': 'identity' } })
}
