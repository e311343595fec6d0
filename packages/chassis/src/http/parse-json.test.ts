import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { warehouse } from '../../../../test/fixtures/warehouse.ts'
import { type TestedService, testService } from '../testing.ts'

interface Problem {
  code: string
  detail: string
  errors?: { path: string; message: string }[]
}

describe('a body of JSON', () => {
  let service: TestedService
  before(async () => {
    service = await testService(warehouse, { environment: { MAX_JSON_DEPTH: '10' } })
  })
  after(() => service.stop())

  const send = (body: string | Uint8Array<ArrayBuffer>, path = '/notes/any', contentType = 'application/json') =>
    service.request(path, { method: 'POST', body, headers: { 'content-type': contentType } })
  const taken = async (body: string) => {
    const response = await send(body)
    assert.equal(response.status, 200, await response.clone().text())
    return (await response.json()) as { keys: string[]; body: Record<string, unknown>; polluted: boolean }
  }
  const refused = async (status: number, ...request: Parameters<typeof send>) => {
    const response = await send(...request)
    assert.equal(response.status, status)
    return (await response.json()) as Problem
  }
  const pathsOf = ({ errors }: Problem) => errors?.map(({ path }) => path)

  for (const part of ['record', 'loose', 'json', 'any', 'unnamed']) {
    test(`with __proto__ as a name, in ${part}, is 422, however it is written`, async () => {
      for (const name of ['__proto__', '\\u005f_proto__', '__pro\\u0074o__']) {
        const problem = await refused(422, `{"${part}":{"a":[{"${name}":{"x":1}}]}}`)
        assert.deepEqual([problem.code, pathsOf(problem)], ['validation_failed', [`body.${part}.a.0.__proto__`]])
      }
      assert.equal('x' in {}, false)
    })
  }

  test('of many faults under long names is answered soon, and shortly', async () => {
    const name = 'k'.repeat(500_000)
    for (const body of [`{"${name}":[${Array(50_000).fill('"\\u0000"').join()}]}`, `{"${name}":[${Array(20_000).fill('{"__proto__":1}').join()}]}`]) {
      const startedAt = performance.now()
      const response = await send(body)
      assert.equal(response.status, 422)
      assert.ok((await response.text()).length < 100_000)
      assert.ok(performance.now() - startedAt < 2000)
    }
  })

  test('may say __proto__ in a text, and constructor as a name', async () => {
    const body = { any: '__proto__', record: { constructor: { prototype: { x: 1 } }, toString: 1, hasOwnProperty: 2 }, loose: { constructor: 1 } }
    const answer = await taken(JSON.stringify(body))
    assert.deepEqual(answer.body, body)
    assert.equal(answer.polluted, false)
    assert.equal('x' in {}, false)
  })

  test('counts the last of members with the same name', async () => {
    assert.deepEqual((await taken('{"any":1,"size":3,"any":2}')).body, { any: 2, size: 3 })
  })

  test('that is no well-formed Unicode is 400', async () => {
    for (const lone of ['\\ud800', '\\udc00', '\\ud800\\ud800', '\\udc00\\ud800', '\\uD83Dx\\uDE00']) {
      for (const body of [`{"any":"${lone}"}`, `{"any":{"${lone}":1}}`, `["${lone}"]`])
        assert.equal((await refused(400, body)).code, 'malformed_body', body)
    }
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]])
      assert.equal((await refused(400, new Uint8Array([0x22, ...bytes, 0x22]))).detail, 'The body must be UTF-8.')
  })

  test('may have pairs of surrogates, and what only looks like one half', async () => {
    assert.deepEqual((await taken('{"any":"\\ud83d\\ude00 \\\\ud800 😀"}')).body.any, '😀 \\ud800 😀')
  })

  test('with a NUL in a text or name is 422', async () => {
    const problem = await refused(422, '{"any":["a","b\\u0000c"],"record":{"x\\u0000":1},"json":"\\u0001"}')
    assert.deepEqual(pathsOf(problem), ['body.any.1', 'body.record.x\\u0000'])
    assert.equal((await refused(400, '{"any":"a\u0000b"}')).code, 'malformed_body', 'JSON allows no bare control characters')
  })

  test('with a number that is none is refused', async () => {
    for (const part of ['size', 'json']) {
      assert.deepEqual(pathsOf(await refused(422, `{"${part}":1e999}`)), [`body.${part}`])
      assert.deepEqual(pathsOf(await refused(422, `{"${part}":-1e999}`)), [`body.${part}`])
    }
    for (const text of ['NaN', 'Infinity', '+1', '01', '.5', '0x1']) assert.equal((await refused(400, `{"size":${text}}`)).code, 'malformed_body')
  })

  test('that is nested too deep is 400, however deep', async () => {
    for (const depth of [11, 1000, 500_000]) {
      assert.match((await refused(400, '['.repeat(depth) + ']'.repeat(depth))).detail, /at most 10 levels/)
      // The limit of the body is a megabyte.
      if (depth < 100_000) assert.match((await refused(400, '{"a":'.repeat(depth))).detail, /at most 10 levels/)
    }
    assert.equal((await send(`{"json":${'['.repeat(9)}${']'.repeat(9)}}`)).status, 200)
  })

  test('that is wrong in a hundred thousand places is not answered with a hundred thousand sentences', async () => {
    const problem = await refused(422, JSON.stringify({ any: Array.from({ length: 100_000 }, () => '\0') }))
    assert.equal(problem.errors?.length, 100)
    assert.match(problem.detail, /And 99900 more\.$/)
  })

  test('may begin with a byte order mark', async () => {
    assert.deepEqual((await taken('\ufeff{"any":1}')).body, { any: 1 })
  })

  test('as a merge patch is parsed in the same way, and is 415 as anything else', async () => {
    const patch = (body: string, contentType: string) =>
      service.request('/crates/1', { method: 'PATCH', body, headers: { 'content-type': contentType } })
    const type = 'application/merge-patch+json'
    assert.deepEqual(await (await patch('{"label":null}', `${type}; charset=utf-8`)).json(), { label: null })
    assert.equal((await patch('{"label":', type)).status, 400)
    const { status, headers } = await patch('{}', 'application/json')
    assert.deepEqual([status, headers.get('accept'), headers.get('accept-patch')], [415, type, type])
  })
})

describe('a NUL elsewhere', () => {
  const request = async (path: string, init?: RequestInit) => {
    const service = await testService(warehouse)
    const response = await service.request(path, init)
    await service.stop()
    return { status: response.status, ...((await response.json()) as Problem) }
  }
  const form = (body: string, path = '/notes/a') =>
    request(path, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })

  test('in a form is 422', async () => {
    assert.deepEqual((await form('any=%00')).errors?.[0]?.path, 'body.any')
    assert.deepEqual((await form('any=\0')).errors?.[0]?.path, 'body.any')
    assert.equal((await form('any=1&any=%00')).status, 422)
    assert.equal((await form('any=%2500')).status, 200)
  })

  test('in a query is 422', async () => {
    assert.deepEqual((await form('any=1', '/notes/a?text=a%00b')).errors?.[0]?.path, 'query.text')
  })

  test('in a parameter of the path is 400', async () => {
    assert.equal((await form('any=1', '/notes/a%00b')).code, 'malformed_path')
  })

  test('__proto__ in a form changes nothing', async () => {
    const answer = await form('__proto__=1&__proto__=2&any=3', '/notes/a')
    assert.deepEqual(answer, { status: 200, keys: ['any'], body: { any: '3' }, polluted: false })
  })

  test('__proto__ in a query of any names is 422', async () => {
    assert.deepEqual((await form('any=3', '/notes/a?__proto__=1&__proto__=2')).errors?.[0]?.path, 'query.__proto__')
  })
})
