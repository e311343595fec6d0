import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, it } from 'node:test'
import { runCli } from './cli.fixture.ts'

describe('slipway', () => {
  it('lists its commands with examples', async () => {
    const { code, stdout } = await runCli(['--help'])
    assert.equal(code, 0)
    for (const text of ['dev', 'run', 'migrate', 'config', 'openapi', 'contract', 'render', 'package', 'build', 'Examples:'])
      assert.ok(stdout.includes(text), text)
  })

  for (const command of ['dev', 'run', 'migrate', 'config', 'openapi', 'contract', 'render', 'package', 'build']) {
    it(`explains ${command} with examples`, async () => {
      const { code, stdout } = await runCli([command, '--help'])
      assert.equal(code, 0)
      assert.match(stdout, new RegExp(`Usage: slipway ${command}`))
      assert.match(stdout.split('Examples:\n')[1] ?? '', new RegExp(`^ {2}\\$ (.* )?slipway ${command}`))
    })
  }

  it('prints its version', async () => {
    const { code, stdout } = await runCli(['--version'])
    assert.equal(code, 0)
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
  })

  it('suggests a command for a misspelt one', async () => {
    const { code, stdout, stderr } = await runCli(['confg', 'greeter'])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /unknown command 'confg'[\s\S]*Did you mean config\?/)
  })

  it('refuses an unknown option, an unknown choice and a wrong port as wrong usage', async () => {
    const lines = [['dev', '--prot', '1'], ['build', 'greeter', '--runtime', 'deno'], ['dev', '--port', '70000'], ['config']]
    for (const line of lines) {
      const { code, stderr } = await runCli(line)
      assert.equal(code, 2, line.join(' '))
      assert.match(stderr, /^error: /)
    }
  })

  for (const command of ['run', 'config', 'openapi', 'contract', 'package', 'build']) {
    it(`lists the known services when ${command} gets an unknown one`, async () => {
      const { code, stdout, stderr } = await runCli([command, 'greter'])
      assert.equal(code, 2)
      assert.equal(stdout, '')
      assert.match(stderr, /^There is no service named "greter"; the project has (.*, )?greeter(, .*)?\.\n$/)
    })
  }

  it('says where it must be called', async () => {
    const { code, stderr } = await runCli(['dev'], { cwd: tmpdir() })
    assert.equal(code, 1)
    assert.equal(stderr, 'There is no slipway.config.ts in this folder or one above it; change into a Slipway project.\n')
  })
})
