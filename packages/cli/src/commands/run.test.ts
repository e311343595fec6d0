import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Cli, freePorts, runCli, takePort } from '../cli.fixture.ts'

describe('slipway run', () => {
  it("runs a service in its own process: environment, signals and exit code are the service's", { timeout: 20_000 }, async () => {
    const port = await freePorts(1)
    const cli = new Cli(['run', 'greeter'], { environment: { PORT: String(port), CUSTOMER_NAME: 'C', DRAIN_DELAY: '0' } })
    await cli.until(({ stdout }) => stdout.includes('"message":"Ready"'))
    const answer = await fetch(`http://localhost:${port}/`, { headers: { connection: 'close' } })
    assert.deepEqual(await answer.json(), { response: 'Moin!' })
    assert.equal((await cli.kill('SIGTERM')).code, 0)
    assert.match(cli.stdout, /"message":"Stopped"/)
  })

  it('ends with 78 on a wrong environment, naming every key', async () => {
    const { code, stderr } = await runCli(['run', 'greeter'], { environment: { PORT: 'abc', LOG_LEVEL: 'loud' } })
    assert.equal(code, 78)
    assert.match(stderr, /PORT must be[\s\S]*LOG_LEVEL must be/)
  })

  it('ends with 69 when its port is taken, naming it', async () => {
    const port = await freePorts(1)
    const other = await takePort(port)
    try {
      const { code, stderr } = await runCli(['run', 'greeter'], { environment: { PORT: String(port) } })
      assert.equal(code, 69)
      assert.match(stderr, new RegExp(`^[^\\n]*${port}[^\\n]*\\n$`))
    } finally {
      other?.close()
    }
  })
})
