import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { workshop } from '../../../../test/fixtures/workshop.ts'
import { type TestedService, testService } from '../testing.ts'

interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  requestId: string
  errors?: { path: string; message: string }[]
}

describe('the request path', () => {
  let service: TestedService
  before(async () => {
    service = await testService(workshop, { environment: { REQUEST_DEADLINE: '0.2', MAX_BODY_BYTES: '2000', MAX_JSON_DEPTH: '5' } })
  })
  after(() => service.stop())

  async function problem(path: string, init?: RequestInit): Promise<Problem & { headers: Headers }> {
    const response = await service.request(path, init)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    const body = (await response.json()) as Problem
    assert.equal(body.status, response.status)
    assert.equal(body.type, `/docs#${body.code}`)
    assert.equal(body.requestId, response.headers.get('x-request-id'))
    assert.ok(body.title.length > 0 && body.detail.length > 0)
    assert.doesNotMatch(JSON.stringify(body), /\.ts|node_modules| {4}at /, 'no stack trace')
    return { ...body, headers: response.headers }
  }

  const post = (body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json', path = '/things/1') =>
    [path, { method: 'POST', body, headers: { 'content-type': contentType } }] as const

  test('plain data is answered as JSON, without sniffing', async () => {
    const response = await service.request('/motto')
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { motto: 'Measure twice.' })
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  })

  test('a request id is taken over and sent back when it is harmless', async () => {
    const sent = (id: string) => service.request('/motto', { headers: { 'x-request-id': id } }).then(({ headers }) => headers.get('x-request-id'))
    assert.equal(await sent('abc-123'), 'abc-123')
    assert.equal(await sent('a"b'), null)
    assert.equal(await sent('x'.repeat(129)), null)
  })

  test('a trailing slash and a query change nothing, an unknown path is 404', async () => {
    assert.equal((await service.request('/motto/?a=1')).status, 200)
    assert.equal((await problem('/nothing')).code, 'unknown_path')
    assert.equal((await problem('/motto/more')).code, 'unknown_path')
    assert.equal((await problem('/%00%ff"<script>')).code, 'unknown_path')
  })

  test('a wrong method is 405 with Allow; OPTIONS and HEAD are answered', async () => {
    const refused = await problem('/stored', { method: 'DELETE' })
    assert.equal(refused.code, 'method_not_allowed')
    assert.equal(refused.headers.get('allow'), 'GET, PUT, HEAD, OPTIONS')
    const options = await service.request('/stored', { method: 'OPTIONS' })
    assert.equal(options.status, 204)
    assert.equal(options.headers.get('allow'), 'GET, PUT, HEAD, OPTIONS')
    assert.equal(options.headers.get('access-control-allow-origin'), null)
    const head = await service.request('/motto', { method: 'HEAD' })
    assert.equal(head.status, 200)
  })

  test('params, query, headers and body arrive parsed', async () => {
    const response = await service.request('/things/7?colour=red', {
      method: 'POST',
      body: '{"name":"vice","size":3}',
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
    assert.equal(response.status, 201)
    assert.equal(response.headers.get('location'), '/things/7')
    assert.deepEqual(await response.json(), { shelf: 7, name: 'vice', colour: 'red', tags: [] })
  })

  test('everything that is wrong with the input is said at once, as 422', async () => {
    const { code, status, errors } = await problem('/things/1?colour=blue', {
      method: 'POST',
      body: '{"name":"","size":-1}',
      headers: { 'content-type': 'application/json' },
    })
    assert.deepEqual([code, status], ['validation_failed', 422])
    assert.deepEqual(
      errors?.map(({ path }) => path),
      ['query.colour', 'body.name', 'body.size'],
    )
  })

  for (const [name, body] of Object.entries({
    null: 'null',
    list: '[]',
    text: '"x"',
    prototype: '{"__proto__":{"name":"x","size":1}}',
    types: '{"name":1,"size":"1"}',
  })) {
    test(`a body of another shape (${name}) is 422`, async () => {
      assert.equal((await problem(...post(body))).status, 422)
    })
  }

  test('a malformed path parameter is 400', async () => {
    const { code, status, errors } = await problem(...post('{"name":"vice","size":3}', 'application/json', '/things/none'))
    assert.deepEqual([code, status, errors?.[0]?.path], ['malformed_path', 400, 'params.shelf'])
  })

  test('what does not parse is 400', async () => {
    assert.equal((await problem(...post('{"name":'))).code, 'malformed_body')
    assert.equal((await problem(...post(''))).code, 'malformed_body')
    assert.equal((await problem(...post(new Uint8Array([0x22, 0xff, 0x22])))).detail, 'The body must be UTF-8.')
    assert.match((await problem(...post(`${'[ '.repeat(6)}${'] '.repeat(6)}`))).detail, /at most 5 levels/)
    assert.equal((await problem(...post('[[[[[1]]]]]'))).status, 422, 'five levels are within the limit')
    assert.equal((await problem(...post(JSON.stringify('['.repeat(50))))).status, 422, 'brackets in a text are no levels')
  })

  test('another media type is 415, and the answer lists those that are taken', async () => {
    const refused = await problem(...post('<a/>', 'text/xml'))
    assert.equal(refused.code, 'unsupported_media_type')
    assert.equal(refused.headers.get('accept'), 'application/json, application/x-www-form-urlencoded')
    const untyped = await problem('/things/1', { method: 'POST', body: new Uint8Array([0x7b, 0x7d]) })
    assert.equal(untyped.status, 415)
  })

  test('a form is parsed too', async () => {
    assert.equal((await problem(...post('name=vice&size=3', 'application/x-www-form-urlencoded'))).errors?.[0]?.path, 'body.size', 'a form has texts')
  })

  test('a form of a hundred thousand fields is read in no time', async () => {
    const service = await testService(workshop)
    const form = Array.from({ length: 100_000 }, (_, index) => `f${index}=1`).join('&')
    const startedAt = performance.now()
    assert.equal((await service.request(...post(form, 'application/x-www-form-urlencoded'))).status, 422)
    assert.ok(performance.now() - startedAt < 1000)
    await service.stop()
  })

  test('an encoded body is 415', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const refused = await problem('/things/1', { method: 'POST', body: '{}', headers })
    assert.deepEqual([refused.code, refused.headers.get('accept-encoding')], ['unsupported_media_type', 'identity'])
  })

  test('a large body is 413, declared or streamed', async () => {
    const declared = await problem('/things/1', {
      method: 'POST',
      body: 'x'.repeat(2001),
      headers: { 'content-type': 'application/json', 'content-length': '2001' },
    })
    assert.equal(declared.code, 'body_too_large')
    const chunk = new TextEncoder().encode('x'.repeat(700))
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) })
    const streamed = await problem('/things/1', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as RequestInit)
    assert.equal(streamed.code, 'body_too_large')
  })

  test('a body that does not arrive is 408', async () => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x7b])) })
    const refused = await problem('/things/1', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as RequestInit)
    assert.equal(refused.code, 'request_timeout')
  })

  test("a service's own error has its own row", async () => {
    const { code, title, status, detail } = await problem(...post('{"name":"sword","size":1}'))
    assert.deepEqual([code, title, status, detail], ['no_steel', 'No steel', 409, 'There is no steel for a sword.'])
  })

  test('what nobody expected is 500: the log has it once with its cause, the client does not', async () => {
    const before = service.logs.length
    const { code, detail, requestId } = await problem('/fail')
    assert.equal(code, 'internal_error')
    assert.doesNotMatch(detail, /roof/)
    const lines = service.logs.slice(before).filter((line) => line['exception.message'] !== undefined)
    assert.equal(lines.length, 1)
    assert.equal(lines[0]?.request_id, requestId)
    assert.match(String(lines[0]?.['exception.stacktrace']), /roof at[\s\S]*Caused by: TypeError: rain/)
    assert.equal(service.spans.find((span) => span.name === 'GET /fail')?.isError, true)
  })

  test('in a test, an answer that its schema refuses is found out', async () => {
    assert.equal((await problem('/lie')).code, 'internal_error')
    assert.match(
      String(service.logs.findLast((line) => line.level === 'error' && line['exception.message'])?.['exception.message']),
      /returned what its response schema refuses/,
    )
  })

  test("past the deadline the answer is 504 and the handler's signal is aborted", async () => {
    const startedAt = performance.now()
    const late = await problem('/slow?milliseconds=60000')
    assert.equal(late.code, 'deadline_exceeded')
    assert.ok(performance.now() - startedAt < 1000)
    assert.equal((await problem('/stubborn')).detail, 'The answer took longer than 0.05 s.')
    assert.equal((await service.request('/slow?milliseconds=10')).status, 200)
  })

  test('an entity tag saves the body, and guards a change', async () => {
    const first = await service.request('/stored')
    const etag = first.headers.get('etag') ?? ''
    assert.match(etag, /^"[\w-]{27}"$/)
    const get = (ifNoneMatch: string) => service.request('/stored', { headers: { 'if-none-match': ifNoneMatch } })
    const known = await get(`"other", W/${etag}`)
    assert.deepEqual([known.status, await known.text(), known.headers.get('etag')], [304, '', etag])
    assert.equal((await get('"other"')).status, 200)
    assert.equal((await get('*')).status, 304)
    const put = (ifMatch?: string) => service.request('/stored', { method: 'PUT', headers: ifMatch === undefined ? {} : { 'if-match': ifMatch } })
    assert.equal((await put()).status, 204)
    assert.equal((await put(etag)).status, 204)
    assert.equal((await put(`${etag.slice(0, -1)}-gzip"`)).status, 204, 'the tag of the compressed form is the same object')
    assert.equal((await put('"stale"')).status, 412)
    assert.equal((await put(`W/${etag}`)).status, 412, 'a weak tag does not guard a change')
  })

  test('a large answer is compressed for who accepts it, and always varies', async () => {
    const get = (acceptEncoding: string) => service.request('/catalogue', { headers: { 'accept-encoding': acceptEncoding } })
    const compressed = await get('br;q=1, gzip;q=0.8')
    assert.equal(compressed.headers.get('content-encoding'), 'gzip')
    assert.equal(compressed.headers.get('vary'), 'accept-encoding')
    const bytes = Buffer.from(await compressed.arrayBuffer())
    assert.equal((JSON.parse(gunzipSync(bytes).toString()) as string[]).length, 500)
    for (const unwilling of ['gzip;q=0', 'br', 'identity', '*;q=0']) {
      const plain = await get(unwilling)
      assert.equal(plain.headers.get('content-encoding'), null, unwilling)
      assert.equal(plain.headers.get('vary'), 'accept-encoding')
    }
    assert.equal((await get('*')).headers.get('content-encoding'), 'gzip')
  })

  test('a route without a response answers 204', async () => {
    const response = await service.request('/dust', { method: 'DELETE' })
    assert.deepEqual([response.status, await response.text(), response.headers.get('content-type')], [204, '', null])
  })

  test('health, version and metrics are there, and stay out of log, metrics and traces', async () => {
    const before = service.logs.length
    for (const path of ['/livez', '/healthz', '/startupz', '/readyz', '/version', '/metrics', '/openapi.json', '/docs']) {
      assert.equal((await service.request(path)).status, 200, path)
    }
    assert.equal(service.logs.length, before)
    assert.equal(await service.metric('http_server_request_duration_seconds_count', { http_route: '/livez' }), undefined)
    const version = (await (await service.request('/version')).json()) as Record<string, string>
    assert.equal(version.service, 'workshop')
  })
})

test('more requests than the limit are 503 with Retry-After, until there is room', async () => {
  const service = await testService(workshop, { environment: { MAX_CONCURRENT_REQUESTS: '20' } })
  const all = await Promise.all(Array.from({ length: 50 }, () => service.request('/slow?milliseconds=50')))
  const refused = all.filter(({ status }) => status === 503)
  assert.equal(all.filter(({ status }) => status === 200).length, 20)
  assert.equal(refused.length, 30)
  assert.equal(refused[0]?.headers.get('retry-after'), '1')
  assert.equal((await service.request('/slow?milliseconds=1')).status, 200)
  await service.stop()
})

describe('CORS', () => {
  test('is off until origins are allowed', async () => {
    const service = await testService(workshop, { environment: { CORS_ORIGINS: 'https://app.example, https://other.example' } })
    const from = (origin: string, init: RequestInit = {}) =>
      service.request('/motto', { ...init, headers: { origin, 'access-control-request-headers': 'x-hands' } })
    assert.equal((await from('https://app.example')).headers.get('access-control-allow-origin'), 'https://app.example')
    assert.equal((await from('https://evil.example')).headers.get('access-control-allow-origin'), null)
    const preflight = await from('https://other.example', { method: 'OPTIONS' })
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET, HEAD, OPTIONS')
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'x-hands')
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://other.example')
    await service.stop()
  })
})
