import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { assertProblem, useService } from '../../test/open-service.ts'
import service from './service.ts'

const FACTS = {
  survived: true,
  passengerClass: 1,
  name: 'Somebody',
  sex: 'male',
  age: 30,
  siblingsOrSpousesAboard: 0,
  parentsOrChildrenAboard: 0,
  fare: 7.25,
}

/** Members that are refused, as JSON, for there is a text for numbers that JavaScript has no value for. */
const badMembers: Readonly<Record<string, readonly string[]>> = {
  uuid: ['1', 'null', '""', '"x"', '"00000000-0000-4000-8000-00000000000g"', '{}'],
  survived: ['1', '"true"', 'null', '[]'],
  passengerClass: ['0', '4', '1.5', '"1"', 'null', 'true', '-1', '1e308', '1e999', '9007199254740992'],
  name: ['""', '1', 'null', '["a"]', '{"toString":"x"}', JSON.stringify('x'.repeat(151)), JSON.stringify('🚢'.repeat(151)), '"a\\u0000b"'],
  sex: ['"Male"', '""', '"unknown"', 'null', '1', '"male "', '"male\\u0000"'],
  age: ['-1', '-0.1', '150.1', '"30"', 'true', '1e999', '[30]'],
  siblingsOrSpousesAboard: ['-1', '0.5', '2147483648', '1e308', '"1"', 'null'],
  parentsOrChildrenAboard: ['-1', '0.5', '9007199254740993', '1e999', '"1"', 'null'],
  fare: ['-0.01', '"7"', 'null', '1e999', '-1e999', '{}'],
  extra: ['1', 'null'],
  constructor: ['{}'],
  // In brackets it is a member, and not the prototype.
  ['__proto__']: ['{"survived":true}'],
}

const goodMembers: Readonly<Record<string, readonly unknown[]>> = {
  name: ['x'.repeat(150), '🚢'.repeat(150), 'ΐ'.repeat(150), '\ufb2c'.repeat(150), '"', "'", '\\', ' ', '\n', '\u0001', 'null', 'a '],
  age: [0, 150, null, 0.42, 5e-324],
  fare: [0, 1e308, 5e-324, 9007199254740992],
  siblingsOrSpousesAboard: [2_147_483_647],
}

function withMember(name: string, json: string): string {
  const { [name as 'name']: _, ...rest } = FACTS
  return `${JSON.stringify(rest).slice(0, -1)},${JSON.stringify(name)}:${json}}`
}

for (const kind of databases) {
  describe(`what clients send to passengers on ${kind}`, () => {
    const open = useService(service, kind)

    for (const [name, values] of Object.entries(badMembers)) {
      test(`${name} that is none is 422`, { timeout: 60_000 }, async () => {
        const { send } = await open()
        for (const json of values) {
          const body = withMember(name, json)
          for (const answer of [
            await send('POST', '/passengers', { body }),
            await send('PUT', '/passengers/00000000-0000-4000-8000-000000000001', { body }),
          ])
            assertProblem(answer, 422, 'validation_failed')
        }
        assert.equal((await send('GET', '/passengers/00000000-0000-4000-8000-000000000001')).body.name, 'Mrs. Gustav (Edith) Lindqvist')
      })
    }

    test('a member that is missing is 422; of an age that is missing nothing is known', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const name of Object.keys(FACTS)) {
        const { [name as 'name']: _, ...body } = FACTS
        const answer = await send('POST', '/passengers', { body })
        if (name === 'age') assert.deepEqual([answer.status, answer.body.age], [201, null])
        else assertProblem(answer, 422, 'validation_failed')
      }
    })

    test('what is at the limits comes back as it was sent', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const [name, values] of Object.entries(goodMembers)) {
        for (const value of values) {
          const { status, body } = await send('POST', '/passengers', { body: { ...FACTS, [name]: value } })
          assert.deepEqual([status, body[name]], [201, value], `${name}: ${value}`)
          assert.deepEqual((await send('GET', `/passengers/${body.uuid}`)).body, body)
        }
      }
    })

    test('bodies that are none, and other media types', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const path of ['/passengers', '/postpassenger']) {
        for (const body of ['', '{', 'a,b', Buffer.from('{"name":"\xff"}', 'latin1'), '{"name":"\\ud800"}', '['.repeat(10_000)])
          assertProblem(await send('POST', path, { body }), 400, 'malformed_body')
        for (const body of ['[]', 'null', '"x"', '1', '{}']) assertProblem(await send('POST', path, { body }), 422, 'validation_failed')
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])
          assertProblem(await send('POST', path, { body: '{}', headers: { 'content-type': type } }), 415, 'unsupported_media_type')
        const refused = await send('POST', path, { body: '{}', headers: { 'content-type': 'text/html' } })
        assert.equal(refused.headers.get('accept'), 'application/json, text/csv')
        assertProblem(await send('POST', path, { body: `{"name":"${'x'.repeat(1_048_576)}"}` }), 413, 'body_too_large')
        assertProblem(await send('POST', path, { body: '{}', headers: { 'content-encoding': 'gzip' } }), 415, 'unsupported_media_type')
      }
      assert.equal((await send('GET', '/passengers?limit=1000')).body.length > 36, true)
    })
  })
}
