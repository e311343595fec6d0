import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { warehouse } from '../../../../test/fixtures/warehouse.ts'
import { type TestedService, testService } from '../testing.ts'

describe('routes that differ in the media type of their body', () => {
  let service: TestedService
  before(async () => {
    service = await testService(warehouse, { environment: { MAX_BODY_BYTES: '1000' } })
  })
  after(() => service.stop())

  const send = (body: string, contentType: string | undefined, path = '/crates', method = 'POST') =>
    service.request(path, { method, body: new TextEncoder().encode(body), ...(contentType && { headers: { 'content-type': contentType } }) })

  test('each have their own handler, status and limits', async () => {
    const created = await send('{"label":"nails"}', 'Application/JSON;charset=utf-8')
    assert.deepEqual([created.status, created.headers.get('location')], [201, '/crates/1'])
    assert.deepEqual(await created.json(), { id: 1, label: 'nails' })
    for (const type of ['text/csv; header=present', 'TEXT/PLAIN']) {
      const imported = await send('x'.repeat(2000), type)
      assert.deepEqual([imported.status, ((await imported.json()) as { bytes: number }).bytes], [200, 2000])
    }
    assert.equal((await send(JSON.stringify({ label: 'x'.repeat(1000) }), 'application/json')).status, 413)
  })

  test('refuse all other types together', async () => {
    for (const type of ['text/xml', undefined, 'text/csv2', 'json', '__proto__']) {
      const { status, headers } = await send('<a/>', type)
      assert.deepEqual([status, headers.get('accept')], [415, 'application/json, text/csv, text/plain'])
    }
    assert.equal(await service.metric('http_server_request_duration_seconds_count', { http_route: '/crates', http_response_status_code: '415' }), 5)
  })

  test('count as one method of their path', async () => {
    const refused = await service.request('/crates', { method: 'DELETE' })
    assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, POST, HEAD, OPTIONS'])
  })

  test("a route's own limit of its body counts, declared or not", async () => {
    const patch = (length: number, headers = {}) => {
      const body = JSON.stringify({ label: 'x'.repeat(length) })
      return service.request('/crates/1', { method: 'PATCH', body, headers: { 'content-type': 'application/merge-patch+json', ...headers } })
    }
    assert.equal((await patch(80)).status, 200)
    assert.equal((await patch(200)).status, 413)
    assert.equal((await patch(200, { 'content-length': '212' })).status, 413)
  })

  test('a reply has one of the statuses that its route lists', async () => {
    const put = (id: number, label = 'nails') => send(JSON.stringify({ label }), 'application/json', `/crates/${id}`, 'PUT')
    assert.deepEqual([(await put(1)).status, (await put(1)).headers.get('location')], [200, null])
    assert.deepEqual([(await put(100)).status, (await put(100)).headers.get('location')], [201, '/crates/100'])
    assert.equal((await put(1, 'teapot')).status, 500)
    assert.match(
      String(service.logs.findLast((line) => line['exception.message'])?.['exception.message']),
      /The handler of PUT \/crates\/\{id\} replied with 299; its status lists 200, 201\./,
    )
  })
})
