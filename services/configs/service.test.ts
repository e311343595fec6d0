import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { assertProblem, useService } from '../../test/open-service.ts'
import service from './service.ts'

const METADATA = { limits: { cpu: { enabled: true, value: '500m' } }, monitoring: { enabled: true } }
const FIRST = ['datacenter-1', 'datacenter-2'].map((dcname) => ({ dcname, metadata: METADATA }))

for (const kind of databases) {
  describe(`configs on ${kind}`, () => {
    const open = useService(service, kind)

    test('a fresh store holds two configs, and /configs/ is /configs', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const path of ['/configs', '/configs/']) {
        const { status, headers, body } = await send('GET', path)
        assert.deepEqual([status, body, headers.get('link'), headers.get('content-type')], [200, FIRST, null, 'application/json'])
      }
    })

    test('POST: 201 with Location and the object; 409 when the name exists', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const config = { dcname: 'a.b-1', metadata: { note: `O'Dwyer "x" \\ %_!; -- 🚢` } }
      const created = await send('POST', '/configs', { body: config })
      assert.deepEqual([created.status, created.body, created.headers.get('location')], [201, config, '/configs/a.b-1'])
      const read = await send('GET', '/configs/a.b-1')
      assert.deepEqual([read.status, read.body, read.headers.get('etag')], [200, config, created.headers.get('etag')])
      assertProblem(await send('POST', '/configs/', { body: config }), 409, 'conflict')
    })

    test('name is an alias of dcname; neither, or two that differ, is 422', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const { status, body } = await send('POST', '/configs', { body: { name: 'alias', metadata: {} } })
      assert.deepEqual([status, body], [201, { dcname: 'alias', metadata: {} }])
      assert.equal((await send('POST', '/configs', { body: { name: 'both', dcname: 'both', metadata: {} } })).status, 201)
      assertProblem(await send('POST', '/configs', { body: { name: 'one', dcname: 'other', metadata: {} } }), 422, 'validation_failed')
      const nameless = await send('POST', '/configs', { body: { metadata: {} } })
      assertProblem(nameless, 422, 'validation_failed')
      assert.equal(nameless.body.errors[0].path, 'body.dcname')
    })

    test('GET, PUT, PATCH and DELETE of what is not there', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const path = '/configs/nowhere'
      assertProblem(await send('GET', path), 404, 'not_found')
      assertProblem(await send('PATCH', path, { body: {} }), 404, 'not_found')
      assertProblem(await send('DELETE', path), 404, 'not_found')
      const ifMatch = { 'if-match': '*' }
      assertProblem(await send('PUT', path, { body: { metadata: {} }, headers: ifMatch }), 412, 'precondition_failed')
      assertProblem(await send('DELETE', path, { headers: ifMatch }), 404, 'not_found')
      const wrongMethod = await send('POST', '/configs/datacenter-1', { body: {} })
      assertProblem(wrongMethod, 405, 'method_not_allowed')
      assert.equal(wrongMethod.headers.get('allow'), 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS')
      assert.equal((await send('OPTIONS', '/configs')).headers.get('allow'), 'GET, POST, HEAD, OPTIONS')
    })

    test('PUT creates with 201 and Location, then replaces with 200', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const created = await send('PUT', '/configs/put', { body: { metadata: { a: 1 } } })
      assert.deepEqual([created.status, created.headers.get('location')], [201, '/configs/put'])
      const replaced = await send('PUT', '/configs/put/', { body: { dcname: 'put', metadata: { b: [null, 1.5, 'x'] } } })
      assert.deepEqual([replaced.status, replaced.headers.get('location')], [200, null])
      assert.notEqual(replaced.headers.get('etag'), created.headers.get('etag'))
      assert.deepEqual((await send('GET', '/configs/put')).body, { dcname: 'put', metadata: { b: [null, 1.5, 'x'] } })
      assertProblem(await send('PUT', '/configs/put', { body: { dcname: 'other', metadata: {} } }), 422, 'validation_failed')
      assertProblem(await send('PUT', '/configs/put', { body: { name: 'other', metadata: {} } }), 422, 'validation_failed')
    })

    test('PATCH merges: members are replaced, null removes them', { timeout: 60_000 }, async () => {
      const { send } = await open()
      await send('PUT', '/configs/patch', { body: { metadata: { keep: { a: 1, b: 2 }, list: [1, 2], gone: true } } })
      const headers = { 'content-type': 'application/merge-patch+json' }
      const patch = { metadata: { keep: { b: null, c: 3 }, list: [3], gone: null, new: {} } }
      const merged = await send('PATCH', '/configs/patch', { body: patch, headers })
      const expected = { dcname: 'patch', metadata: { keep: { a: 1, c: 3 }, list: [3], new: {} } }
      assert.deepEqual([merged.status, merged.body], [200, expected])
      const read = await send('GET', '/configs/patch')
      assert.deepEqual([read.body, read.headers.get('etag')], [expected, merged.headers.get('etag')])
      assertProblem(await send('PATCH', '/configs/patch', { body: { metadata: null } }), 422, 'validation_failed')
      assertProblem(await send('PATCH', '/configs/patch', { body: { dcname: 'other' } }), 422, 'validation_failed')
      assertProblem(await send('PATCH', '/configs/patch', { body: { unknown: 1 } }), 422, 'validation_failed')
      assert.deepEqual((await send('GET', '/configs/patch')).body, expected)
    })

    test('DELETE: 204, and then 404', { timeout: 60_000 }, async () => {
      const { send } = await open()
      await send('PUT', '/configs/delete', { body: { metadata: { a: { b: 1 } } } })
      const removed = await send('DELETE', '/configs/delete')
      assert.deepEqual([removed.status, removed.body], [204, ''])
      assertProblem(await send('DELETE', '/configs/delete'), 404, 'not_found')
      assert.deepEqual((await send('GET', '/search?metadata.a.b=1')).body, [])
      assert.equal((await send('POST', '/configs', { body: { dcname: 'delete', metadata: {} } })).status, 201, 'its name is free again')
    })

    test('If-None-Match: 304 to a read, 412 to a change', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const path = '/configs/none-match'
      const absent = { 'if-none-match': '*' }
      const { status, headers } = await send('PUT', path, { body: { metadata: {} }, headers: absent })
      assert.equal(status, 201)
      const etag = String(headers.get('etag'))
      assert.match(etag, /^"[0-9a-f-]{36}"$/)
      for (const tags of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const known = await send('GET', path, { headers: { 'if-none-match': tags } })
        assert.deepEqual([known.status, known.body, known.headers.get('etag')], [304, '', etag])
      }
      assert.equal((await send('GET', path, { headers: { 'if-none-match': '"x"' } })).status, 200)
      assertProblem(await send('PUT', path, { body: { metadata: { a: 1 } }, headers: absent }), 412, 'precondition_failed')
      assertProblem(await send('PATCH', path, { body: {}, headers: { 'if-none-match': etag } }), 412, 'precondition_failed')
      assert.equal((await send('GET', path)).headers.get('etag'), etag)
    })

    test('If-Match: a change goes to the state that was read, or is 412', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const path = '/configs/match'
      const old = String((await send('PUT', path, { body: { metadata: {} } })).headers.get('etag'))
      const changed = await send('PUT', path, { body: { metadata: { a: 1 } }, headers: { 'if-match': old } })
      assert.equal(changed.status, 200)
      const etag = String(changed.headers.get('etag'))
      for (const stale of [old, '"x"', `W/${etag}`, 'nonsense', `${etag}, *`]) {
        const headers = { 'if-match': stale }
        assertProblem(await send('PUT', path, { body: { metadata: {} }, headers }), 412, 'precondition_failed')
        assertProblem(await send('PATCH', path, { body: {}, headers }), 412, 'precondition_failed')
        assertProblem(await send('DELETE', path, { headers }), 412, 'precondition_failed')
      }
      assert.deepEqual((await send('GET', path)).body.metadata, { a: 1 })
      assert.equal((await send('PATCH', path, { body: { metadata: { b: 2 } }, headers: { 'if-match': `"x", ${etag}` } })).status, 200)
      assert.equal((await send('DELETE', path, { headers: { 'if-match': '*' } })).status, 204)
    })
  })
}
