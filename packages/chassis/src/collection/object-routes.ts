import { z } from 'zod'
import { defineRoute } from '../definition/define-route.ts'
import { reply } from '../definition/reply.ts'
import { errorPath, inputErrors } from '../http/input-errors.ts'
import type { AnyDatabase } from './any-database.ts'
import type { AnyCollection, Collection, CollectionRoute } from './collection.ts'
import { answerOnce, idempotencyKey } from './idempotency.ts'
import { mergePatch } from './merge-patch.ts'
import type { ObjectStore } from './object-store.ts'
import { preconditionFields } from './preconditions.ts'

type ObjectRoutes = Omit<Collection<unknown, object>, 'list' | 'store'>
type Context = { db: AnyDatabase }

/** The routes of single objects. */
export function createObjectRoutes(definition: AnyCollection, store: ObjectStore<unknown, object>): ObjectRoutes {
  const { name, path, key, keySchema, input, output, createsByPut = false } = definition
  const objectPath = `${path}/{${key}}`
  const params = z.object({ [key]: keySchema }) as unknown as z.ZodType<Record<string, string>>
  const keyOf = (parameters: Record<string, string>) => parameters[key] as string
  const locationOf = (id: string) => `${path}/${encodeURIComponent(id)}`

  const create = defineRoute({
    method: 'POST',
    path,
    summary: `Create a ${name}`,
    headers: z.object({ 'idempotency-key': idempotencyKey }),
    body: input,
    status: 201,
    response: output,
    errors: ['conflict', 'resource_unavailable'],
    async handler({ body, headers: { 'idempotency-key': idempotency } }, { db }: Context) {
      const id = store.keyFor(body)
      const location = locationOf(id)
      if (idempotency === undefined) {
        const { object, etag } = await store.create(db, id, body)
        return reply(object, { headers: { location }, etag })
      }
      const first = await answerOnce(db, { scope: `POST ${path}`, key: idempotency, request: body }, async (transaction) => {
        const { object } = await store.create(transaction, id, body)
        return { location, body: object }
      })
      return reply(first.body as object, { headers: { location: first.location } })
    },
  })

  const read = defineRoute({
    method: 'GET',
    path: objectPath,
    summary: `One ${name}`,
    params,
    response: output,
    errors: ['not_found', 'resource_unavailable'],
    async handler({ params: parameters }, { db }: Context) {
      const { object, etag } = await store.get(db, keyOf(parameters))
      return reply(object, { etag })
    },
  })

  const replace = defineRoute({
    method: 'PUT',
    path: objectPath,
    summary: createsByPut ? `Replace or create a ${name}` : `Replace a ${name}`,
    params,
    headers: preconditionFields,
    body: input,
    status: createsByPut ? [200, 201] : 200,
    response: output,
    errors: [createsByPut ? 'conflict' : 'not_found', 'precondition_failed', 'resource_unavailable'],
    async handler({ params: parameters, body, headers }, { db }: Context) {
      const id = keyOf(parameters)
      checkKey(definition, id, body)
      const { object, etag, isNew } = await store.replace(db, id, body, headers)
      return isNew ? reply(object, { status: 201, headers: { location: locationOf(id) }, etag }) : reply(object, { etag })
    },
  })

  const merge = defineRoute({
    method: 'PATCH',
    path: objectPath,
    summary: `Change a ${name}`,
    description: 'JSON Merge Patch (RFC 7396): what is given replaces what is there, and null removes it.',
    params,
    headers: preconditionFields,
    accepts: ['application/merge-patch+json', 'application/json'],
    body: z.record(z.string(), z.unknown()),
    response: output,
    errors: ['not_found', 'precondition_failed', 'resource_unavailable'],
    async handler({ params: parameters, body, headers }, { db }: Context) {
      const id = keyOf(parameters)
      const { object, etag } = await store.update(db, id, headers, (current) => parseMerged(definition, id, mergePatch(current, body)))
      return reply(object, { etag })
    },
  })

  const remove = defineRoute({
    method: 'DELETE',
    path: objectPath,
    summary: `Delete a ${name}`,
    params,
    headers: preconditionFields,
    errors: ['not_found', 'precondition_failed', 'resource_unavailable'],
    async handler({ params: parameters, headers }, { db }: Context) {
      await store.remove(db, keyOf(parameters), headers)
    },
  })

  return { create, read, replace, merge, remove } as unknown as Record<keyof ObjectRoutes, CollectionRoute>
}

/** @throws {ServiceError} `validation_failed` when the object has another key than its path */
function checkKey({ key, keyOf }: AnyCollection, id: string, object: unknown): void {
  const own = keyOf(object)
  if (own === undefined || own === id) return
  const message = `It must be ${id}, as in the path, or left out`
  throw inputErrors('validation_failed', [{ path: `body.${key}`, message }])
}

/** @throws {ServiceError} `validation_failed` when a change makes of an object what is none */
function parseMerged(definition: AnyCollection, id: string, merged: unknown): unknown {
  const parsed = definition.input.safeParse(merged)
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: errorPath(['body', ...path]), message }))
    throw inputErrors('validation_failed', errors)
  }
  checkKey(definition, id, parsed.data)
  return parsed.data
}
