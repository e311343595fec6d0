import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { type Answer, assertProblem, openService, useService } from '../../test/open-service.ts'
import service from './service.ts'

const CLIENTS = 50

/** What many clients get who do the same at once. */
function race(act: (client: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: CLIENTS }, (_, client) => act(client)))
}

function countsOf(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

for (const kind of databases) {
  describe(`configs on ${kind}, raced for by ${CLIENTS} clients`, () => {
    const open = useService(service, kind)

    test('one creates it, and the others are told of the conflict', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const answers = await race((client) => send('POST', '/configs', { body: { dcname: 'raced', metadata: { client } } }))
      assert.deepEqual(countsOf(answers), { 201: 1, 409: CLIENTS - 1 })
      const { body } = await send('GET', '/configs/raced')
      assert.deepEqual(body, answers.find(({ status }) => status === 201)?.body)
    })

    test('one PUT creates it, and the others replace it', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const answers = await race((client) => send('PUT', '/configs/put', { body: { metadata: { client: `client ${client}` } } }))
      assert.deepEqual(countsOf(answers), { 200: CLIENTS - 1, 201: 1 })
      const read = await send('GET', '/configs/put')
      const last = answers.find(({ headers }) => headers.get('etag') === read.headers.get('etag'))
      assert.deepEqual(read.body, last?.body)
      const found = await race((client) => send('GET', `/search?metadata.client=client+${client}`))
      assert.deepEqual(
        found.flatMap(({ body }) => body),
        [read.body],
        'it is found by what it is, and by nothing that it was',
      )
    })

    test('one PUT of who wants to be the first creates it', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const headers = { 'if-none-match': '*' }
      const answers = await race((client) => send('PUT', '/configs/first', { body: { metadata: { client } }, headers }))
      assert.deepEqual(countsOf(answers), { 201: 1, 412: CLIENTS - 1 })
    })

    test('no patch is lost', { timeout: 60_000 }, async () => {
      const { send } = await open()
      await send('PUT', '/configs/patched', { body: { metadata: {} } })
      const answers = await race((client) => send('PATCH', '/configs/patched', { body: { metadata: { [client]: true } } }))
      assert.deepEqual(countsOf(answers), { 200: CLIENTS })
      const { body } = await send('GET', '/configs/patched')
      assert.equal(Object.keys(body.metadata).length, CLIENTS)
    })

    test('one change from a state that all have read goes through', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const { headers } = await send('PUT', '/configs/match', { body: { metadata: {} } })
      const ifMatch = { 'if-match': String(headers.get('etag')) }
      const answers = await race((client) => {
        if (client % 3 === 0) return send('DELETE', '/configs/match', { headers: ifMatch })
        return send(client % 3 === 1 ? 'PUT' : 'PATCH', '/configs/match', { body: { metadata: { client } }, headers: ifMatch })
      })
      const counts = countsOf(answers)
      assert.equal((counts[200] ?? 0) + (counts[204] ?? 0), 1, JSON.stringify(counts))
    })

    test('one deletes it', { timeout: 60_000 }, async () => {
      const { send } = await open()
      await send('PUT', '/configs/deleted', { body: { metadata: { a: 1 } } })
      assert.deepEqual(countsOf(await race(() => send('DELETE', '/configs/deleted'))), { 204: 1, 404: CLIENTS - 1 })
    })

    test('different configs are all created', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const answers = await race((client) => send('PUT', `/configs/own-${client}`, { body: { metadata: { a: { b: client }, c: [1, 2, 3] } } }))
      assert.deepEqual(countsOf(answers), { 201: CLIENTS })
    })

    test('an idempotency key creates once, and all get the one answer', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const headers = { 'idempotency-key': 'one' }
      const body = { dcname: 'keyed', metadata: {} }
      assert.deepEqual(countsOf(await race(() => send('POST', '/configs', { body, headers }))), { 201: CLIENTS })
      assertProblem(await send('POST', '/configs', { body }), 409, 'conflict')
      assertProblem(await send('POST', '/configs', { body: { ...body, metadata: { a: 1 } }, headers }), 422, 'validation_failed')
    })
  })

  describe(`two replicas of configs on one ${kind}`, () => {
    const open = useService(service, kind)

    test("see each other's writes at once, and a restart brings nothing back", { timeout: 60_000 }, async () => {
      const one = await open()
      const other = await openService(service, { DATABASE_URL: one.databaseUrl })
      try {
        assert.equal((await one.send('GET', '/configs')).body.length, 2, 'the first configs are there once')
        const answers = await race((client) =>
          (client % 2 ? one : other).send('POST', '/configs', { body: { dcname: 'shared', metadata: { client } } }),
        )
        assert.deepEqual(countsOf(answers), { 201: 1, 409: CLIENTS - 1 })
        for (let round = 0; round < 10; round++) {
          const { body } = await one.send('PUT', '/configs/shared', { body: { metadata: { round } } })
          assert.deepEqual((await other.send('GET', '/configs/shared')).body, body)
          assert.deepEqual((await other.send('GET', `/search?metadata.round=${round}`)).body, [body])
        }
        await one.send('DELETE', '/configs/datacenter-1')
        await other.send('PUT', '/configs/datacenter-2', { body: { metadata: {} } })
      } finally {
        await other.close()
      }
      const restarted = await openService(service, { DATABASE_URL: one.databaseUrl })
      const { body } = await restarted.send('GET', '/configs').finally(restarted.close)
      assert.deepEqual(body, (await one.send('GET', '/configs')).body)
      assert.equal(body.length, 2)
    })
  })
}
