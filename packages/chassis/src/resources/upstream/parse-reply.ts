import type { z } from 'zod'
import { BadReply } from './upstream-error.ts'

/** What the schema makes of a reply. @throws {BadReply} */
export function parseReply<Reply>(schema: z.ZodType<Reply>, data: unknown): Reply {
  const { success, data: reply, error } = schema.safeParse(data)
  if (success) return reply
  // By path and code alone: a message of the schema's own may quote the reply.
  const issues = error.issues.slice(0, 5).map(({ path, code }) => `${path.join('.') || 'the whole'}: ${code}`)
  throw new BadReply(`It answered with JSON of another shape (${issues.join(', ')}).`)
}
