import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { warehouse } from '../../../../test/fixtures/warehouse.ts'
import { type TestedService, testService } from '../testing.ts'

describe('what describes the service', () => {
  let service: TestedService
  before(async () => {
    service = await testService(warehouse)
  })
  after(() => service.stop())

  for (const path of ['/docs', '/openapi.json']) {
    const get = (headers: Record<string, string> = {}) => service.request(path, { headers })

    test(`${path} is compressed for who accepts it`, async () => {
      const plain = await get()
      const text = await plain.text()
      assert.deepEqual([plain.headers.get('content-encoding'), plain.headers.get('vary')], [null, 'accept-encoding'])
      for (let time = 0; time < 2; time++) {
        const compressed = await get({ 'accept-encoding': 'gzip, br' })
        const bytes = Buffer.from(await compressed.arrayBuffer())
        assert.deepEqual([compressed.headers.get('content-encoding'), compressed.headers.get('vary')], ['gzip', 'accept-encoding'])
        assert.equal(compressed.headers.get('content-type'), plain.headers.get('content-type'))
        assert.equal(compressed.headers.get('content-security-policy'), plain.headers.get('content-security-policy'))
        assert.equal(gunzipSync(bytes).toString(), text)
        assert.ok(bytes.length < text.length / 2)
      }
    })

    test(`${path} is 304 for who has it, compressed or not`, async () => {
      const plain = (await get()).headers.get('etag') ?? ''
      const compressed = (await get({ 'accept-encoding': 'gzip' })).headers.get('etag') ?? ''
      assert.match(plain, /^"[\w-]{27}"$/)
      assert.equal(compressed, `${plain.slice(0, -1)}-gzip"`)
      for (const [tag, coding] of [
        [plain, 'identity'],
        [compressed, 'gzip'],
      ] as const) {
        const known = await get({ 'if-none-match': tag, 'accept-encoding': coding })
        assert.deepEqual([known.status, await known.text(), known.headers.get('etag'), known.headers.get('vary')], [304, '', tag, 'accept-encoding'])
      }
      assert.equal((await get({ 'if-none-match': '"other"' })).status, 200)
    })
  }
})
