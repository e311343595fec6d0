import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { testService } from '@slipway/chassis/testing'
import { parseAllDocuments } from 'yaml'
import teapot from './fixtures/readme-service.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

describe('the README', () => {
  test('shows the code that is tested here', () => {
    const block = /```ts\n([\s\S]*?)```/.exec(read('README.md'))?.[1]
    assert.equal(block, read('test/fixtures/readme-service.ts'))
  })

  test('shows a service that works', async () => {
    const service = await testService(teapot, { environment: { EXTRA_MINUTES: '1' } })
    assert.deepEqual(await (await service.request('/teas/assam')).json(), { minutes: 5 })
    for (const unknown of ['water', 'toString', '__proto__']) assert.equal((await service.request(`/teas/${unknown}`)).status, 404)
    await service.stop()
  })

  test('has code before line 30', () => {
    const line = read('README.md').split('\n').indexOf('```ts')
    assert.ok(line >= 0 && line < 30)
  })
})

test('docs/kubernetes.md shows YAML that is read', () => {
  const blocks = [...read('docs/kubernetes.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] as string)
  const documents = blocks.flatMap((block) => parseAllDocuments(block))
  assert.ok(documents.length >= 5)
  for (const document of documents) {
    assert.deepEqual(document.errors, [])
    assert.ok(document.get('apiVersion') && document.get('kind'))
  }
})

for (const page of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/kubernetes.md']) {
  test(`${page} links to what is there`, () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] as string)
    assert.deepEqual(
      links.filter((link) => !existsSync(join(ROOT, dirname(page), link))),
      [],
    )
  })
}
