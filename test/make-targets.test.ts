import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))

describe('make targets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
  const at = (path: string) => join(folder, path)

  before(() => {
    mkdirSync(at('node_modules/.bin'), { recursive: true })
    mkdirSync(at('services/greeter'), { recursive: true })
    copyFileSync(join(ROOT, 'Makefile'), at('Makefile'))
    for (const file of ['package.json', 'package-lock.json', 'services/greeter/service.ts', 'node_modules/.installed']) writeFileSync(at(file), '')
    // Each word that slipway is called with, in angle brackets.
    writeFileSync(at('node_modules/.bin/slipway'), `#!/bin/sh\nprintf '<%s>' "$@"\necho\n`, { mode: 0o755 })
  })

  after(() => rmSync(folder, { recursive: true }))

  function make(target: string, environment: Record<string, string>, ...options: string[]): string {
    const env = { PATH: process.env.PATH, ...environment }
    return execFileSync('make', ['--no-print-directory', ...options, target], { cwd: folder, env, encoding: 'utf8' })
  }

  for (const [target, environment, words] of [
    ['deploy', {}, '<deploy>'],
    [
      'deploy',
      { DEPLOYMENT: 'customer-a customer-b', ENVIRONMENT: 'production', TAG: '1.2.0', ARGS: '--dry-run --json' },
      '<deploy><customer-a><customer-b><--environment><production><--tag><1.2.0><--dry-run><--json>',
    ],
    ['status', { ENVIRONMENT: 'a b' }, '<status><--environment><a b>'],
    ['remove', { DEPLOYMENT: 'customer-a', ARGS: '--yes' }, '<remove><customer-a><--yes>'],
    ['image', {}, '<image><greeter>'],
    ['image', { SERVICE: 'users', ARGS: '--push' }, '<image><users><--push>'],
  ] as const) {
    it(`${target} calls slipway with ${JSON.stringify(environment)}`, () => assert.equal(make(target, environment), `${words}\n`))
  }

  it('carry out nothing that stands in a variable, not even when they only say what they would do', () => {
    const harm = `$(shell touch harm)\`touch harm\`$$(touch harm)"; touch harm; "`
    const environment = Object.fromEntries(['DEPLOYMENT', 'ENVIRONMENT', 'TAG', 'ARGS', 'SERVICE', 'REGISTRY'].map((name) => [name, harm]))
    for (const target of ['deploy', 'status', 'remove', 'image']) {
      make(target, environment)
      make(target, environment, '--dry-run')
    }
    for (const target of ['publish', 'sbom', 'release', 'render']) make(target, environment, '--dry-run')
    assert.equal(existsSync(at('harm')), false)
  })
})
