import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { environmentNames } from '../packages/cli/src/load-environment.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../', import.meta.url))
const GUARD = join(ROOT, 'test/fixtures/deny-side-effects.ts')

const services = readdirSync(join(ROOT, 'services')).map((name) => `services/${name}/service.ts`)
const environments = environmentNames(ROOT).map((name) => `deploy/${name}.ts`)

/** The operating system refuses to write files beyond 0 bytes, whichever way they are opened; the guard sees to the rest. */
function importWithout(file: string): Promise<{ stdout: string }> {
  const environment = { PATH: process.env.PATH, BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0' }
  return run('sh', ['-c', 'ulimit -f 0 && exec "$@"', 'sh', process.execPath, GUARD, join(ROOT, file)], { cwd: ROOT, env: environment })
}

for (const file of [...services, 'slipway.config.ts', ...environments]) {
  test(`importing ${file} does nothing: no network, no listening, no file written, no timer left`, async () => {
    assert.ok(existsSync(join(ROOT, file)))
    const { stdout } = await importWithout(file)
    assert.match(stdout, /^imported [a-z]/)
  })
}

test('the guard itself notices', async () => {
  for (const effect of ['listen', 'connect', 'fetch', 'write', 'timer']) {
    await assert.rejects(importWithout(`test/fixtures/side-effects/${effect}.ts`), /was not to|was to end|EFBIG|SIGXFSZ/, effect)
  }
})
