import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCli } from '../cli.fixture.ts'

describe('slipway openapi', () => {
  it("prints the document, with the version of the service's package", async () => {
    const { code, stdout } = await runCli(['openapi', 'greeter'])
    assert.equal(code, 0)
    assert.match(stdout, /^\{\n {2}"openapi": "3\.1\.\d+",\n/)
    const { info, paths } = JSON.parse(stdout) as { info: { title: string; version: string }; paths: object }
    assert.equal(info.title, 'greeter')
    assert.match(info.version, /^\d+\.\d+\.\d+$/)
    assert.deepEqual(Object.keys(paths), ['/', '/health'])
  })

  it('writes it to a file, in a folder that it makes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
    try {
      const file = join(folder, 'new', 'greeter.json')
      const { code, stdout } = await runCli(['openapi', 'greeter', '--output', file])
      assert.equal(code, 0)
      assert.equal(stdout, '')
      assert.equal(readFileSync(file, 'utf8'), (await runCli(['openapi', 'greeter'])).stdout)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
