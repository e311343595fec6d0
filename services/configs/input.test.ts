import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { assertProblem, useService } from '../../test/open-service.ts'
import service from './service.ts'

/** An object in an object, so many levels deep. */
function nested(depth: number): string {
  return `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`
}

/** Metadata of so many bytes. */
function sized(bytes: number): Record<string, string> {
  return { text: 'x'.repeat(bytes - '{"text":""}'.length) }
}

const named = (metadata: string, dcname = 'refused') => `{"dcname":${JSON.stringify(dcname)},"metadata":${metadata}}`
const label = 'a'.repeat(63)

/** What is refused, with its status and code. Nothing of it is stored. */
const refusals: Readonly<Record<string, readonly [body: string | Uint8Array, status: number, code: string]>> = {
  'an empty body': ['', 400, 'malformed_body'],
  'half a body': ['{"dcname":', 400, 'malformed_body'],
  'no UTF-8': [Buffer.from(named('{"a":"\xe9"}'), 'latin1'), 400, 'malformed_body'],
  'half of a surrogate pair': [named('{"a":"\\ud800"}'), 400, 'malformed_body'],
  'half of a surrogate pair in a name': [named('{"\\udfff":1}'), 400, 'malformed_body'],
  'a NUL in a text': [named('{"a":"\\u0000"}'), 422, 'validation_failed'],
  'a NUL in a name': [named('{"\\u0000":1}'), 422, 'validation_failed'],
  'a member __proto__': [named('{"a":{"__proto__":{"polluted":1}}}'), 422, 'validation_failed'],
  'an array': ['[]', 422, 'validation_failed'],
  null: ['null', 422, 'validation_failed'],
  'no metadata': ['{"dcname":"refused"}', 422, 'validation_failed'],
  'metadata that is null': [named('null'), 422, 'validation_failed'],
  'metadata that is an array': [named('[]'), 422, 'validation_failed'],
  'metadata that is text': [named('"{}"'), 422, 'validation_failed'],
  'an unknown member': ['{"dcname":"refused","metadata":{},"extra":1}', 422, 'validation_failed'],
  'a name that is a number': ['{"dcname":1,"metadata":{}}', 422, 'validation_failed'],
  'a name that is null': ['{"dcname":null,"metadata":{}}', 422, 'validation_failed'],
  'metadata 33 levels deep': [named(nested(33)), 422, 'validation_failed'],
  'metadata 63 levels deep': [named(nested(63)), 422, 'validation_failed'],
  'metadata 64 levels deep, which the body is deeper than': [named(nested(64)), 400, 'malformed_body'],
  'metadata 10,000 levels deep': [named(nested(10_000)), 400, 'malformed_body'],
  'a byte more than 64 KiB': [named(JSON.stringify(sized(65_537))), 422, 'validation_failed'],
  'a body of more than 1 MiB': [named(JSON.stringify(sized(1_048_576))), 413, 'body_too_large'],
  'much under a long name': [named(`{"${'k'.repeat(33_000)}":[${Array(16_000).fill(1).join()}]}`), 422, 'validation_failed'],
  'much that is wrong under a long name': [
    named(`{"${'k'.repeat(33_000)}":[${Array(1000).fill('{"enabled":1}').join()}]}`),
    422,
    'validation_failed',
  ],
  'a number that no number can hold': [named('{"a":[1e999]}'), 422, 'validation_failed'],
  'a negative one': [named('{"a":{"b":-1e999}}'), 422, 'validation_failed'],
  'enabled that is no boolean': [named('{"limits":{"cpu":{"enabled":"yes"}}}'), 422, 'validation_failed'],
  'enabled that is null': [named('{"enabled":null}'), 422, 'validation_failed'],
  'a value that is no quantity': [named('{"limits":{"cpu":{"value":"500 m"}}}'), 422, 'validation_failed'],
  'a value that is a list': [named('{"list":[{"value":[]}]}'), 422, 'validation_failed'],
}

const badNames = [
  '',
  ' ',
  'A',
  'a_b',
  '-a',
  'a-',
  '.a',
  'a.',
  'a..b',
  'ä',
  'a\n',
  `a${label}`,
  Array(5).fill(label).join('.'),
  'a'.repeat(500_000),
  "a'--",
]
const goodNames = ['0', label, [label, label, label, 'a'.repeat(61)].join('.')]
const goodMetadata: Readonly<Record<string, string>> = {
  empty: '{}',
  '32 levels': nested(32),
  '64 KiB': JSON.stringify(sized(65_536)),
  numbers: '{"a":[1e308,-1e308,5e-324,9007199254740992,0.1,-1]}',
  names: '{"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":null,"":{"":[]},"length":0,"a.b":{"c":1},"then":{}}',
  texts: JSON.stringify({ a: `'"\`\\;--%_!{}<script>\u0001\u007f\u2028🚢`, list: ["Robert'); DROP TABLE config;--"] }),
  'known members': '{"enabled":"true","a":[{"enabled":false,"value":"1.5Gi"},{"value":100},{"value":"1e3"},{"value":"+.5m"}]}',
}

for (const kind of databases) {
  describe(`what clients send to configs on ${kind}`, () => {
    const open = useService(service, kind)

    for (const [what, [body, status, code]] of Object.entries(refusals)) {
      test(`${what} is ${status}`, { timeout: 60_000 }, async () => {
        const { send } = await open()
        assertProblem(await send('POST', '/configs', { body }), status, code)
        assertProblem(await send('PUT', '/configs/refused', { body }), status, code)
        assert.equal((await send('GET', '/configs/refused')).status, 404)
      })
    }

    test('names that are none are 422 in a body and 400 in a path', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const dcname of badNames) assertProblem(await send('POST', '/configs', { body: { dcname, metadata: {} } }), 422, 'validation_failed')
      for (const dcname of badNames.filter((name) => name.trim() !== '' && name.length < 1000))
        assertProblem(await send('GET', `/configs/${encodeURIComponent(dcname)}`), 400, 'malformed_path')
      for (const path of ['/configs/%00', '/configs/a%00', '/configs/%ff', '/configs/%', '/configs/%c3%28', '/configs/%ed%a0%80'])
        assertProblem(await send('GET', path), 400, 'malformed_path')
    })

    test('names at the limit are taken', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const dcname of goodNames) {
        assert.equal((await send('POST', '/configs', { body: { dcname, metadata: {} } })).status, 201)
        assert.deepEqual((await send('GET', `/configs/${dcname}`)).body, { dcname, metadata: {} })
      }
    })

    for (const [what, metadata] of Object.entries(goodMetadata)) {
      test(`metadata comes back as it was sent: ${what}`, { timeout: 60_000 }, async () => {
        const { send } = await open()
        const expected = { dcname: 'kept', metadata: JSON.parse(metadata) }
        for (const { status, body } of [
          await send('PUT', '/configs/kept', { body: named(metadata, 'kept') }),
          await send('GET', '/configs/kept'),
          await send('PATCH', '/configs/kept', { body: '{}' }),
        ]) {
          assert.ok(status < 300)
          assert.equal(JSON.stringify(body), JSON.stringify(expected))
        }
        assert.equal((await send('DELETE', '/configs/kept')).status, 204)
        assert.equal(({} as { polluted?: unknown }).polluted, undefined)
      })
    }

    test('a patch that makes of a config what is none changes nothing', { timeout: 60_000 }, async () => {
      const { send } = await open()
      await send('PUT', '/configs/patched', { body: { metadata: { a: 1 } } })
      const limits = { body: { metadata: sized(65_537) } }
      assertProblem(await send('PATCH', '/configs/patched', limits), 422, 'validation_failed')
      assertProblem(await send('PATCH', '/configs/patched', { body: `{"metadata":${nested(40)}}` }), 422, 'validation_failed')
      assertProblem(await send('PATCH', '/configs/patched', { body: '{"metadata":{"__proto__":{"polluted":1}}}' }), 422, 'validation_failed')
      for (const body of ['[]', 'null', '"a"', '1']) assertProblem(await send('PATCH', '/configs/patched', { body }), 422, 'validation_failed')
      assert.deepEqual((await send('GET', '/configs/patched')).body.metadata, { a: 1 })
    })

    test('media types: JSON, and for PATCH merge patches; with a charset too', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const type of ['text/plain', 'text/csv', 'application/xml', 'application/jsonp', 'application/x-www-form-urlencoded', '']) {
        const answer = await send('POST', '/configs', { body: named('{}'), headers: { 'content-type': type } })
        assertProblem(answer, 415, 'unsupported_media_type')
        assert.equal(answer.headers.get('accept'), 'application/json')
      }
      assertProblem(
        await send('PUT', '/configs/a', { body: '{}', headers: { 'content-type': 'application/merge-patch+json' } }),
        415,
        'unsupported_media_type',
      )
      const patched = await send('PATCH', '/configs/a', { body: '{}', headers: { 'content-type': 'text/plain' } })
      assert.equal(patched.headers.get('accept-patch'), 'application/merge-patch+json, application/json')
      const type = 'Application/JSON; charset=utf-8'
      assert.equal((await send('PUT', '/configs/charset', { body: '{"metadata":{}}', headers: { 'content-type': type } })).status, 201)
    })

    test('parameters of a page: limit from 1 to 1000, each once, and a cursor of its own', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const bad = [
        'limit=0',
        'limit=1001',
        'limit=abc',
        'limit=',
        'limit=1.5',
        'limit=-1',
        'limit=1e999',
        'limit=NaN',
        'limit=1&limit=2',
        'limit=%00',
      ]
      const cursors = ['', 'x', '%00', '%ff', 'W10', 'WyIiLDEsbnVsbF0=', `${'x'.repeat(3000)}`, "'--", 'a&cursor=b']
      for (const query of [...bad, ...cursors.map((cursor) => `cursor=${cursor}`)])
        assertProblem(await send('GET', `/configs?${query}`), 422, 'validation_failed')
      assert.equal((await send('GET', '/configs?limit=1000&unknown=1&constructor=2&__proto__=3')).status, 200)
    })

    test('header fields of no sense are refused or ignored', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const body = { dcname: 'keyed', metadata: {} }
      for (const key of ['', ' ', 'a b', 'x'.repeat(256)])
        assertProblem(await send('POST', '/configs', { body, headers: { 'idempotency-key': key } }), 422, 'validation_failed')
      assert.equal((await send('POST', '/configs', { body, headers: { 'idempotency-key': `'"--${'x'.repeat(251)}` } })).status, 201)
    })
  })
}
