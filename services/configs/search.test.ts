import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { assertProblem, type OpenService, useService } from '../../test/open-service.ts'
import service from './service.ts'

/** The names of what is found, in the order of the answer. */
async function find({ send }: OpenService, conditions: readonly (readonly [path: string, text: string])[]): Promise<string[]> {
  const { status, body } = await send(
    'GET',
    `/configs/search?${new URLSearchParams(conditions.map(([path, text]): [string, string] => [path, text]))}`,
  )
  assert.equal(status, 200)
  return body.map(({ dcname }: { dcname: string }) => dcname)
}

const SCALARS: Readonly<Record<string, unknown>> = {
  'metadata.text': "O'Dwyer%_!\\ & ß=?",
  'metadata.yes': true,
  'metadata.no': false,
  'metadata.whole': 3,
  'metadata.fraction': -1.5,
  'metadata.large': 1e21,
  'metadata.nothing': null,
  'metadata.empty': '',
  'metadata.list.0': 'a',
  'metadata.list.1.deep': 'b',
  'metadata.dotted.key': 'c',
  'metadata.ключ 键': 'd',
  'metadata.constructor': 'e',
}
const METADATA = {
  text: "O'Dwyer%_!\\ & ß=?",
  yes: true,
  no: false,
  whole: 3,
  fraction: -1.5,
  large: 1e21,
  nothing: null,
  empty: '',
  list: ['a', { deep: 'b' }],
  'dotted.key': 'c',
  'ключ 键': 'd',
  constructor: 'e',
}

for (const kind of databases) {
  describe(`a search of configs on ${kind}`, () => {
    const open = useService(service, kind)

    test('finds by every kind of scalar, by its text', { timeout: 60_000 }, async () => {
      const opened = await open()
      assert.equal((await opened.send('PUT', '/configs/scalars', { body: { metadata: METADATA } })).status, 201)
      for (const [path, value] of Object.entries(SCALARS)) assert.deepEqual(await find(opened, [[path, String(value)]]), ['scalars'], path)
      assert.deepEqual(
        await find(
          opened,
          Object.entries(SCALARS).map(([path, value]) => [path, String(value)] as const),
        ),
        ['scalars'],
      )
    })

    test('finds nothing by another text, another case, a part, or what is no scalar', { timeout: 60_000 }, async () => {
      const opened = await open()
      const conditions = [
        ['metadata.text', "o'dwyer%_!\\ & ß=?"],
        ['metadata.text', 'O'],
        ['metadata.text', "O'Dwyer%_!\\ & ß=? "],
        ['metadata.whole', '3.0'],
        ['metadata.list', 'a'],
        ['metadata', ''],
        ['text', 'a'],
        ["metadata.text' OR 1=1 --", '1'],
        ['metadata.text', "' OR '1'='1"],
      ] as const
      for (const condition of conditions) assert.deepEqual(await find(opened, [condition]), [], condition.join('='))
    })

    test('finds what meets every condition, in the order of insertion, at both paths', { timeout: 60_000 }, async () => {
      const opened = await open()
      const monitored = ['metadata.monitoring.enabled', 'true'] as const
      assert.deepEqual(await find(opened, [monitored]), ['datacenter-1', 'datacenter-2'])
      assert.deepEqual(await find(opened, [monitored, ['metadata.limits.cpu.value', '500m']]), ['datacenter-1', 'datacenter-2'])
      assert.deepEqual(await find(opened, [monitored, ['dcname', 'datacenter-2']]), ['datacenter-2'])
      assert.deepEqual(await find(opened, [monitored, monitored]), ['datacenter-1', 'datacenter-2'], 'the same condition twice is one')
      assert.deepEqual(await find(opened, [monitored, ['metadata.monitoring.enabled', 'false']]), [], 'one key can not have two values')
      const { body } = await opened.send('GET', '/search?metadata.limits.cpu.enabled=true')
      assert.deepEqual(body[0], {
        dcname: 'datacenter-1',
        metadata: { limits: { cpu: { enabled: true, value: '500m' } }, monitoring: { enabled: true } },
      })
    })

    test('follows every change', { timeout: 60_000 }, async () => {
      const opened = await open()
      const isFound = async (text: string) => (await find(opened, [['metadata.state', text]])).length === 1
      await opened.send('POST', '/configs', { body: { dcname: 'changing', metadata: { state: 'created' } } })
      assert.ok(await isFound('created'))
      await opened.send('PUT', '/configs/changing', { body: { metadata: { state: 'replaced' } } })
      assert.ok((await isFound('replaced')) && !(await isFound('created')))
      await opened.send('PATCH', '/configs/changing', { body: { metadata: { state: 'patched' } } })
      assert.ok((await isFound('patched')) && !(await isFound('replaced')))
    })

    test('without a condition, or with more than 50, is 400', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const path of ['/configs/search', '/configs/search/', '/search', '/search?']) assertProblem(await send('GET', path), 400, 'bad_request')
      const many = Array.from({ length: 51 }, (_, index) => `metadata.a${index}=1`).join('&')
      assertProblem(await send('GET', `/search?${many}`), 400, 'bad_request')
      assertProblem(await send('GET', '/search?__proto__=x&dcname=datacenter-1'), 422, 'validation_failed')
    })

    test('search is no name of a config', { timeout: 60_000 }, async () => {
      const { send } = await open()
      assertProblem(await send('POST', '/configs', { body: { dcname: 'search', metadata: {} } }), 422, 'validation_failed')
      assertProblem(await send('PUT', '/configs/search', { body: { metadata: {} } }), 400, 'malformed_path')
      assertProblem(await send('DELETE', '/configs/search'), 400, 'malformed_path')
    })

    test('finds a config by each of ten thousand scalars, and more configs than one batch', { timeout: 60_000 }, async () => {
      const opened = await open()
      const numbers = Array.from({ length: 10_000 }, (_, index) => index)
      assert.equal((await opened.send('PUT', '/configs/large', { body: { metadata: { numbers } } })).status, 201)
      assert.deepEqual(await find(opened, [['metadata.numbers.9999', '9999']]), ['large'])
      const names = Array.from({ length: 210 }, (_, index) => `many-${index}`)
      for (let start = 0; start < names.length; start += 50)
        await Promise.all(
          names.slice(start, start + 50).map((dcname) => opened.send('POST', '/configs', { body: { dcname, metadata: { many: 'yes' } } })),
        )
      assert.deepEqual((await find(opened, [['metadata.many', 'yes']])).sort(), names.sort())
    })
  })
}
