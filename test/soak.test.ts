import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const RUNTIME = process.versions.bun === undefined ? 'node' : 'bun'
const SOAK = fileURLToPath(new URL('soak.ts', import.meta.url))

for (const database of ['sqlite', 'postgres']) {
  // The command itself with less to do, and with a limit that half a kilobyte a request exceeds; the load comes from Node under either runtime.
  test(`memory stays flat over 20,000 mixed requests: ${database}`, { timeout: 180_000 }, async () => {
    const options = ['--requests', '20000', '--warm-up', '20000', '--limit', '10', '--steady', '--runtime', RUNTIME, '--database', database]
    const soak = spawn('node', [SOAK, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [said, complaint, [code]] = await Promise.all([text(soak.stdout), text(soak.stderr), once(soak, 'exit')])
    console.log(said.split('\n').slice(-3).join('\n').trimEnd())
    assert.equal(code, 0, `${said}\n${complaint}`)
    assert.match(said, /^grown by -?[\d.]+ MB$/m)
  })
}
