import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { inputErrors } from '../http/input-errors.ts'
import type { SchemaTables } from '../resources/database/schema-tables.ts'
import { statement } from '../resources/database/statement.ts'
import type { AnyDatabase } from './any-database.ts'

/** The header field (draft-ietf-httpapi-idempotency-key-header): the client's own name for one creation, whose retries it marks with it. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'It must be 1 to 255 visible characters of ASCII')
  .optional()
  .meta({ description: 'Makes a retry of this request return the first answer, for a day.' })

/** How long a key is kept. */
const KEPT_MILLISECONDS = 24 * 3600 * 1000
/** The share of creations that also remove old keys. */
const PURGE_SHARE = 0.002

/** What a creation is answered with. */
export interface CreationAnswer {
  location: string
  body: unknown
}

export interface IdempotentRequest {
  /** What the key is unique in: method and path. */
  scope: string
  key: string
  /** What a retry must be equal to. */
  request: unknown
}

type Row = SchemaTables['slipway_idempotency']

const findKey = statement((query: Kysely<SchemaTables>, { key }: { key: string }) =>
  query.selectFrom('slipway_idempotency').selectAll().where('key', '=', key),
)
const insertKey = statement((query: Kysely<SchemaTables>, { key, fingerprint, location, body, at }: Row) =>
  query.insertInto('slipway_idempotency').values({ key, fingerprint, location, body, at }),
)
const purgeKeys = statement((query: Kysely<SchemaTables>, { before }: { before: number }) =>
  query.deleteFrom('slipway_idempotency').where('at', '<', before),
)

/**
 * Creates once: key and change are committed together, so that there is never one without the other. A retry waits for a first one that is
 * under way, and gets its answer.
 *
 * @throws {ServiceError} `validation_failed` when the key was used for another request
 */
export async function answerOnce(
  db: AnyDatabase,
  { scope, key, request }: IdempotentRequest,
  create: (transaction: AnyDatabase) => Promise<CreationAnswer>,
): Promise<CreationAnswer> {
  const id = digest(`${scope} ${key}`)
  const fingerprint = digest(JSON.stringify(request))
  const known = await db.first(findKey, { key: id })
  if (known) return answerOf(known, fingerprint)
  try {
    const answer = await db.transaction(async (transaction) => {
      const created = await create(transaction)
      // A key that is there already rolls everything back.
      await transaction.run(insertKey, { key: id, fingerprint, location: created.location, body: JSON.stringify(created.body), at: Date.now() })
      return created
    })
    await purge(db)
    return answer
  } catch (error) {
    // The first one may have been done in the meantime; that the object exists is then its doing.
    const first = await db.first(findKey, { key: id })
    if (!first) throw error
    return answerOf(first, fingerprint)
  }
}

function answerOf(row: Row, fingerprint: string): CreationAnswer {
  if (row.fingerprint === fingerprint) return { location: row.location, body: JSON.parse(row.body) }
  const message = 'It was used for another request; take a new one for each creation'
  throw inputErrors('validation_failed', [{ path: 'headers.idempotency-key', message }])
}

/** Now and then, by whoever comes. The answer is right whether or not this succeeds, and a later one tries again. */
async function purge(db: AnyDatabase): Promise<void> {
  if (Math.random() < PURGE_SHARE) await db.run(purgeKeys, { before: Date.now() - KEPT_MILLISECONDS }).catch(() => {})
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
