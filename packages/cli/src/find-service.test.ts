import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createProject, runCli } from './cli.fixture.ts'

describe('an unfinished service', () => {
  const project = createProject()
  const folder = join(project.folder, 'services', 'greeter')
  const call = (...args: string[]) => runCli(args, { cwd: project.folder })

  after(() => project.remove())

  it('has the version 0.0.0 without a package.json, or with none in it', { timeout: 20_000 }, async () => {
    const version = async () => (JSON.parse((await call('openapi', 'greeter')).stdout) as { info: { version: string } }).info.version
    for (const text of ['{}', '{ "version": 2 }']) {
      writeFileSync(join(folder, 'package.json'), text)
      assert.equal(await version(), '0.0.0')
    }
    rmSync(join(folder, 'package.json'))
    assert.equal(await version(), '0.0.0')
  })

  it('is refused with a sentence when its package.json is malformed', { timeout: 20_000 }, async () => {
    for (const [command, text] of Object.entries({ config: '{ "version": ', run: '{\n  "version": "1.0.0",\n}', build: 'null' })) {
      writeFileSync(join(folder, 'package.json'), text)
      const { code, stdout, stderr } = await call(command, 'greeter')
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^services\/greeter\/package\.json can't be read: [^\n]+\. Mend it; its version is the service's\.\n$/)
    }
    rmSync(join(folder, 'package.json'))
  })

  it('needs a main.ts only where it is run', { timeout: 20_000 }, async () => {
    rmSync(join(folder, 'main.ts'))
    for (const command of ['run', 'build']) {
      const { code, stdout, stderr } = await call(command, 'greeter')
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(
        stderr,
        /^There is no services\/greeter\/main\.ts to run; write one that imports \.\/service\.ts and hands it to runService [^\n]+\n$/,
      )
    }
    assert.equal((await call('config', 'greeter')).code, 0)
  })
})
