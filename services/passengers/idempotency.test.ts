import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { assertProblem, useService } from '../../test/open-service.ts'
import { rawRequest, statusOf } from '../../test/raw-request.ts'
import service from './service.ts'

const FACTS = { survived: true, passengerClass: 1, sex: 'male', age: null, siblingsOrSpousesAboard: 0, parentsOrChildrenAboard: 0, fare: 7.25 }

for (const kind of databases) {
  describe(`creation of passengers with an idempotency key on ${kind}`, () => {
    const open = useService(service, kind)
    const create = async (key: string, name: string, path = '/passengers', more: object = {}) =>
      (await open()).send('POST', path, { body: { ...FACTS, name, ...more }, headers: { 'idempotency-key': key } })
    const countOf = async (name: string) => (await (await open()).send('GET', `/passengers?name=${name}`)).body.length

    test('a retry gets the first answer, also when the passenger has changed since', { timeout: 60_000 }, async () => {
      const first = await create('retry', 'Retried')
      assert.equal(first.status, 201)
      const { send } = await open()
      await send('DELETE', `/passengers/${first.body.uuid}`)
      for (const path of ['/passengers', '/postpassenger']) {
        const again = await create('retry', 'Retried', path)
        assert.deepEqual([again.status, again.body, again.headers.get('location')], [201, first.body, first.headers.get('location')])
      }
      assert.equal(await countOf('Retried'), 0, 'it is not created again')
    })

    test('a key with another body is 422', { timeout: 60_000 }, async () => {
      await create('other', 'First body')
      assertProblem(await create('other', 'Second body'), 422, 'validation_failed')
      assert.equal(await countOf('Second body'), 0)
    })

    test('another key creates another passenger, whatever its characters and their case', { timeout: 60_000 }, async () => {
      const keys = ['key', 'KEY', '"key"', "'--", '!~', 'x'.repeat(255)]
      for (const key of keys) assert.equal((await create(key, 'Keyed')).status, 201)
      assert.equal(await countOf('Keyed'), keys.length)
    })

    test('20 retries at once create one passenger', { timeout: 60_000 }, async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => create('at-once', 'At once')))
      for (const { status, body } of answers) assert.deepEqual([status, body], [201, answers[0]?.body])
      assert.equal(await countOf('At once'), 1)
    })

    test('20 at once with bodies that differ: one is created, the others are 422', { timeout: 60_000 }, async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, client) => create('differing', `Differing ${client}`)))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(19).fill(422)])
      assert.equal(await countOf('Differing'), 1)
    })

    test('what failed may be tried again with its key', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const uuid = 'cccccccc-bbbb-4ccc-8ddd-eeeeeeeeeeee'
      assertProblem(await create('failed', ''), 422, 'validation_failed')
      await create('in-the-way', 'In the way', '/passengers', { uuid })
      assertProblem(await create('failed', 'Failed first', '/passengers', { uuid }), 409, 'conflict')
      await send('DELETE', `/passengers/${uuid}`)
      assert.equal((await create('failed', 'Failed first', '/passengers', { uuid })).status, 201)
      assert.equal((await create('failed', 'Failed first', '/passengers', { uuid })).status, 201)
      assert.equal(await countOf('Failed first'), 1)
    })

    test('keys that are none are 422', { timeout: 60_000 }, async () => {
      for (const key of ['', 'a b', 'x'.repeat(256), 'é']) assertProblem(await create(key, 'Refused'), 422, 'validation_failed')
      const withNul = 'POST /passengers HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nIdempotency-Key: a\0b\r\nContent-Length: 2\r\n\r\n{}'
      assert.equal(statusOf(await rawRequest((await open()).port, withNul, 5000)), 400)
      assert.equal(await countOf('Refused'), 0)
    })
  })
}
