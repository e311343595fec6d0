import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { showCommand } from './command-line.ts'
import { outputOf, runProgram } from './run-program.ts'

const shell = (script: string) => ({ program: 'sh', args: ['-c', script] })

describe('a program that is run', () => {
  it('tells its exit code and what it said, line by line as well', async () => {
    const lines: string[] = []
    const result = await runProgram(shell('echo one; echo two >&2; exit 3'), { seconds: 10, onLine: (line) => lines.push(line) })
    assert.deepEqual(result, { code: 3, stdout: 'one\n', stderr: 'two\n' })
    assert.deepEqual(lines.sort(), ['one', 'two'])
  })

  it('has the environment of this process, and what is added', async () => {
    const output = await outputOf(shell('echo "$ADDED in $PATH"'), { seconds: 10, environment: { ADDED: 'here' } })
    assert.equal(output, `here in ${process.env.PATH}\n`)
  })

  it('fails with the last that it said', async () => {
    await assert.rejects(outputOf(shell('seq 9 >&2; exit 3'), { seconds: 10 }), {
      name: 'CliError',
      message: 'sh failed with exit code 3:\n  5\n  6\n  7\n  8\n  9',
    })
    await assert.rejects(outputOf({ program: 'false', args: [] }, { seconds: 10 }), { message: 'false failed with exit code 1: it says nothing.' })
  })

  it('reads what it is given', async () => {
    assert.equal(await outputOf({ program: 'cat', args: [] }, { seconds: 10, input: 'a\nb' }), 'a\nb')
    assert.equal(await outputOf({ program: 'cat', args: [] }, { seconds: 10 }), '')
  })

  it('has ended when it took too long, even where it ignores that, or something that it started goes on', { timeout: 20_000 }, async () => {
    const startedAt = performance.now()
    let pid = 0
    const options = { seconds: 1, onLine: (line: string) => (pid = Number(line)) }
    await assert.rejects(runProgram(shell('echo $$ >&2; trap "" TERM; sleep 15 & wait; wait'), options), ({ message }: Error) => {
      assert.equal(message, `sh took longer than 1 s and was ended.\n  ${pid}`)
      return true
    })
    assert.ok(performance.now() - startedAt < 12_000)
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
    // It has ended long before, and its output has not.
    await assert.rejects(runProgram(shell('sleep 15 & exit 0'), { seconds: 1 }), /took longer than 1 s/)
  })

  it('is missed with its remedy', async () => {
    await assert.rejects(runProgram({ program: 'slipway-nowhere', args: [] }, { seconds: 1, remedy: 'Build it.' }), {
      message: 'There is no slipway-nowhere here that can be run. Build it.',
    })
  })
})

describe('a command line that is shown', () => {
  it('can be copied into a shell, whatever is in it', async () => {
    const words = ['plain', 'a b', "it's", '$HOME', '', '*', 'key=value', '{archive}', 'a\nb']
    const shown = showCommand({ program: 'printf', args: ['%s\\n', ...words] })
    assert.equal(await outputOf(shell(shown), { seconds: 10 }), `${words.join('\n')}\n`)
  })
})
