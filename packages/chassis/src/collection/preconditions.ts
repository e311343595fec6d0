import { z } from 'zod'
import { ServiceError } from '../definition/service-error.ts'
import { checkIfMatch, isNoneMatchHit } from '../http/etag.ts'

/** The header fields that make a change depend on what is stored (RFC 9110, section 13.1). */
export const preconditionFields = z.object({
  'if-match': z.string().optional().meta({ description: 'The ETag that the object must still have, or * for any (RFC 9110, section 13.1.1).' }),
  'if-none-match': z
    .string()
    .optional()
    .meta({ description: 'The ETag that the object must not have, or * for none at all (RFC 9110, section 13.1.2).' }),
})

export type Preconditions = z.output<typeof preconditionFields>

/** Whether what is stored has to be looked at before the change. */
export function isConditional(preconditions: Preconditions): boolean {
  return preconditions['if-match'] !== undefined || preconditions['if-none-match'] !== undefined
}

/** @throws {ServiceError} `precondition_failed` when the object, whose tag is undefined where there is none, is not as the client wants it to be */
export function checkPreconditions(preconditions: Preconditions, etag: string | undefined): void {
  checkIfMatch(preconditions['if-match'], etag)
  if (etag !== undefined && isNoneMatchHit(preconditions['if-none-match'], etag))
    throw new ServiceError('precondition_failed', 'If-None-Match names the current ETag.')
}
