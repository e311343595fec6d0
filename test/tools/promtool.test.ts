import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { startProcess } from '../start-process.ts'
import { promtool } from './promtool.ts'

describe('/metrics of a running service', () => {
  it('passes promtool, on the runtime that this test runs on', { timeout: 300_000 }, async () => {
    const tool = await promtool()
    const greeter = await startProcess('services/greeter/main.ts')
    try {
      for (const path of ['/', '/health', '/nowhere']) await (await fetch(greeter.url + path)).text()
      const metrics = await (await fetch(`${greeter.url}/metrics`)).text()
      assert.match(metrics, /^http_server_request_duration_seconds_count\{.*\} \d+$/m)
      const { status, stdout, stderr } = spawnSync(tool, ['check', 'metrics'], { input: metrics, encoding: 'utf8' })
      // It exits with 3 for what it advises against.
      assert.deepEqual({ status, said: stdout + stderr }, { status: 0, said: '' })
    } finally {
      assert.equal(await greeter.stop(), 0)
    }
  })
})
