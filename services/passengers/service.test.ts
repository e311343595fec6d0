import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { assertProblem, openService, useService } from '../../test/open-service.ts'
import service from './service.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const OWN = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
const FACTS = {
  survived: true,
  passengerClass: 2,
  name: `Mrs. "Aoife" (Nora) O'Dwyer; DROP TABLE passenger;-- \\ %_! 🚢`,
  sex: 'other',
  age: 34.5,
  siblingsOrSpousesAboard: 2_147_483_647,
  parentsOrChildrenAboard: 0,
  fare: 26.55,
}

for (const kind of databases) {
  describe(`passengers on ${kind}`, () => {
    const open = useService(service, kind)

    test('a fresh store holds a few dozen passengers, at /passengers and at /passengerlist', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const { status, body } = await send('GET', '/passengers')
      assert.equal(status, 200)
      assert.equal(body.length, 36)
      assert.deepEqual(body[0], {
        uuid: '00000000-0000-4000-8000-000000000001',
        survived: true,
        passengerClass: 3,
        name: 'Mrs. Gustav (Edith) Lindqvist',
        sex: 'female',
        age: 47,
        siblingsOrSpousesAboard: 1,
        parentsOrChildrenAboard: 0,
        fare: 12.51,
      })
      assert.deepEqual((await send('GET', '/passengerlist')).body, body)
      assert.deepEqual((await send('GET', '/passengers/')).body, body)
      assert.deepEqual(Object.keys(body[0]), Object.keys({ uuid: '', ...FACTS }))
    })

    test('/hello and /zero', { timeout: 60_000 }, async () => {
      const { send } = await open()
      assert.deepEqual((await send('GET', '/hello')).body, { message: 'ok' })
      assert.deepEqual((await send('GET', '/zero')).body, { '0': '' })
    })

    for (const [create, one] of [
      ['/passengers', (uuid: string) => ({ GET: `/passengers/${uuid}`, PUT: `/passengers/${uuid}`, DELETE: `/passengers/${uuid}` })],
      ['/postpassenger', (uuid: string) => ({ GET: `/getpassenger/${uuid}`, PUT: `/putpassenger/${uuid}`, DELETE: `/deletepassenger/${uuid}` })],
    ] as const) {
      test(`POST ${create}, then GET, PUT and DELETE`, { timeout: 60_000 }, async () => {
        const { send } = await open()
        const created = await send('POST', create, { body: FACTS })
        const { uuid } = created.body
        assert.equal(created.status, 201)
        assert.match(uuid, UUID)
        assert.deepEqual(created.body, { uuid, ...FACTS })
        assert.equal(created.headers.get('location'), `/passengers/${uuid}`)
        const paths = one(uuid)
        const read = await send('GET', paths.GET)
        assert.deepEqual([read.status, read.body, read.headers.get('etag')], [200, created.body, created.headers.get('etag')])
        assert.equal((await send('GET', paths.GET, { headers: { 'if-none-match': String(read.headers.get('etag')) } })).status, 304)
        const replaced = await send('PUT', paths.PUT, { body: { ...FACTS, age: null, survived: false } })
        assert.deepEqual([replaced.status, replaced.body], [200, { uuid, ...FACTS, age: null, survived: false }])
        const stale = { 'if-match': String(created.headers.get('etag')) }
        assertProblem(await send('PUT', paths.PUT, { body: FACTS, headers: stale }), 412, 'precondition_failed')
        assertProblem(await send('DELETE', paths.DELETE, { headers: stale }), 412, 'precondition_failed')
        const fresh = { 'if-match': String(replaced.headers.get('etag')) }
        assert.equal((await send('DELETE', paths.DELETE, { headers: fresh })).status, 204)
        for (const method of ['GET', 'DELETE'] as const) assertProblem(await send(method, paths[method]), 404, 'not_found')
        assertProblem(await send('PUT', paths.PUT, { body: FACTS }), 404, 'not_found')
        assertProblem(await send('PUT', paths.PUT, { body: FACTS, headers: { 'if-match': '*' } }), 404, 'not_found')
      })
    }

    test('upper-case hex is the same uuid, in paths and in bodies', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const created = await send('POST', '/passengers', { body: { uuid: OWN.toUpperCase(), ...FACTS } })
      assert.deepEqual([created.status, created.body.uuid, created.headers.get('location')], [201, OWN, `/passengers/${OWN}`])
      assertProblem(await send('POST', '/passengers', { body: { uuid: OWN, ...FACTS } }), 409, 'conflict')
      assert.deepEqual((await send('GET', `/passengers/${OWN.toUpperCase()}`)).body, created.body)
      assert.equal((await send('PUT', `/passengers/${OWN.toUpperCase()}`, { body: { uuid: OWN, ...FACTS } })).status, 200)
      const other = { uuid: '00000000-0000-4000-8000-000000000001', ...FACTS }
      assertProblem(await send('PUT', `/passengers/${OWN}`, { body: other }), 422, 'validation_failed')
      assert.equal((await send('DELETE', `/deletepassenger/${OWN.toUpperCase()}`)).status, 204)
    })

    test('a malformed uuid is 400, whatever else is wrong', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const uuid of [
        'x',
        OWN.slice(1),
        `${OWN}0`,
        OWN.replaceAll('-', ''),
        `{${OWN}}`,
        `${OWN}%00`,
        '%ff',
        "'--",
        '1%20OR%201=1',
        OWN.replace('a', 'g'),
      ])
        for (const path of [`/passengers/${uuid}`, `/getpassenger/${uuid}`]) assertProblem(await send('GET', path), 400, 'malformed_path')
      for (const path of ['/passengers/x', '/putpassenger/x']) assertProblem(await send('PUT', path, { body: {} }), 400, 'malformed_path')
      for (const path of ['/passengers/x', '/deletepassenger/x']) assertProblem(await send('DELETE', path), 400, 'malformed_path')
    })

    test('50 clients with one uuid: one creates it, and the others are told of the conflict', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const uuid = 'bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee'
      const answers = await Promise.all(Array.from({ length: 50 }, () => send('POST', '/passengers', { body: { uuid, ...FACTS } })))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(49).fill(409)])
      assert.match((await send('GET', '/readyz')).body.state, /ready/)
    })

    test('other methods are 405 with what the path takes', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const allowed = {
        '/passengers': 'GET, POST, HEAD, OPTIONS',
        [`/passengers/${OWN}`]: 'GET, PUT, DELETE, HEAD, OPTIONS',
        '/postpassenger': 'POST, OPTIONS',
      }
      for (const [path, allow] of Object.entries(allowed)) {
        const answer = await send('PATCH', path, { body: {} })
        assertProblem(answer, 405, 'method_not_allowed')
        assert.equal(answer.headers.get('allow'), allow)
      }
    })

    test('the old paths are deprecated in the API document, and no others', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const { body } = await send('GET', '/openapi.json')
      const operations = Object.entries<Record<string, { deprecated?: boolean }>>(body.paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, { deprecated }]) => [`${method} ${path}`, deprecated ?? false] as const),
      )
      assert.deepEqual(
        operations
          .filter(([, isDeprecated]) => isDeprecated)
          .map(([operation]) => operation)
          .sort(),
        ['delete /deletepassenger/{uuid}', 'get /getpassenger/{uuid}', 'get /passengerlist', 'post /postpassenger', 'put /putpassenger/{uuid}'],
      )
    })
  })

  describe(`passengers on ${kind}, started again`, () => {
    const open = useService(service, kind)

    test('no passenger is brought back, nor as it was', { timeout: 60_000 }, async () => {
      const { send, databaseUrl } = await open()
      await send('DELETE', '/passengers/00000000-0000-4000-8000-000000000001')
      await send('PUT', '/passengers/00000000-0000-4000-8000-000000000002', { body: FACTS })
      const before = (await send('GET', '/passengers')).body
      assert.equal(before.length, 35)
      const restarted = await openService(service, { DATABASE_URL: databaseUrl })
      assert.deepEqual((await restarted.send('GET', '/passengers').finally(restarted.close)).body, before)
    })
  })
}
