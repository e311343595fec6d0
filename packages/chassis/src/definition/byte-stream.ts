import { z } from 'zod'
import { innerSchema } from './secret.ts'

/**
 * The schema of a body that is handed on as it arrives, of a media type that the route names in `accepts`: `text/csv`, `image/png`.
 * The handler gets the bytes in blocks of some KiB, at most as fast as it asks for them, and decodes them itself. They can be read once.
 *
 * Reading throws a ServiceError where the body does not arrive as it should: `body_too_large` past the route's `maxBodyBytes`,
 * `malformed_body` when the client breaks off, `request_timeout` when nothing comes until the deadline. What a handler does not read is discarded.
 *
 * @example
 * defineRoute({
 *   method: 'POST',
 *   path: '/rows',
 *   summary: 'Import rows',
 *   accepts: ['text/csv'],
 *   body: byteStream().describe('One row a line.'),
 *   maxBodyBytes: 50_000_000,
 *   handler: async ({ body }) => {
 *     for await (const block of body) count += block.byteLength
 *   },
 * })
 */
export function byteStream(): z.ZodType<AsyncIterable<Uint8Array>> {
  return z.custom<AsyncIterable<Uint8Array>>().meta({ byteStream: true })
}

/** Whether a schema, or one that it wraps, was made with {@link byteStream}. */
export function isByteStream(schema: z.core.$ZodType | undefined): boolean {
  for (let current = schema; current; current = innerSchema(current)) {
    if ((current as z.ZodType).meta?.()?.byteStream === true) return true
  }
  return false
}
