import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cli, createProject, freePorts, shoutStack, takePort } from '../cli.fixture.ts'
import type { StackPlaces } from '../render/stack-table.ts'

const TIMEOUT = { timeout: 40_000 }

async function startDev(folder: string, ...args: string[]): Promise<{ cli: Cli; port: number }> {
  const port = await freePorts(4)
  const cli = new Cli(['dev', '--port', String(port), '--port-base', String(port + 1), ...args], {
    cwd: folder,
    isGroup: true,
    environment: { CUSTOMER_NAME: 'leaked' },
  })
  await cli.until(({ stdout }) => stdout.includes('customer-c.localhost'))
  return { cli, port }
}

/** A connection of its own for each request: none is left over when the stack is replaced. */
function get(port: number, host = 'localhost', address = 'localhost'): Promise<{ status: number; type: string; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: address, port, headers: { host }, agent: false }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => (body += text))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, type: String(answer.headers['content-type']), body }))
    })
    asked.on('error', reject).end()
  })
}

async function untilGreeting(port: number, greeting: string): Promise<number> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < 15_000) {
    const answer = await get(port).catch(() => undefined)
    if (answer?.body.includes(greeting)) return performance.now() - startedAt
    await sleep(10)
  }
  throw new Error(`${greeting} was not answered.`)
}

/** Resolves when nothing listens on any of a stack's ports any more. */
async function untilGone(port: number): Promise<number> {
  const startedAt = performance.now()
  for (const each of [port, port + 1, port + 2, port + 3]) {
    for (;;) {
      const server = await takePort(each)
      server?.close()
      if (server) break
      if (performance.now() - startedAt > 5000) throw new Error(`Port ${each} is still taken.`)
      await sleep(10)
    }
  }
  return performance.now() - startedAt
}

describe('slipway dev', () => {
  let project: ReturnType<typeof createProject>
  before(() => {
    project = createProject()
  })
  after(() => project.remove())

  it('prints what answers where, routes by host and merges the logs', TIMEOUT, async () => {
    const { cli, port } = await startDev(project.folder)
    assert.match(cli.stdout, /^\nDEPLOYMENT +SERVICE +PORT +FRONT DOOR +STATE\n/)
    assert.ok(cli.stdout.includes(`customer-b  greeter  http://localhost:${port + 2}  http://customer-b.localhost:${port}  ready\n`))
    assert.ok(!cli.stdout.includes('\u001b'))

    const expected = { a: '{"response":"Hi!"}', b: '{"response":"Dear Sir or Madam!"}', c: '{"response":"Moin!"}' }
    for (const [index, [letter, body]] of Object.entries(expected).entries()) {
      assert.equal((await get(port + 1 + index)).body, body)
      assert.equal((await get(port, `customer-${letter}.localhost:${port}`)).body, body)
      assert.equal((await get(port, `customer-${letter}.parcellab.com`)).body, body)
    }
    assert.equal((await get(port + 1, 'localhost', '127.0.0.1')).status, 200)
    assert.equal((await get(port, 'customer-a.localhost', '127.0.0.1')).status, 200)

    const unknown = await get(port, 'localhost')
    assert.deepEqual([unknown.status, unknown.type], [404, 'application/problem+json'])
    assert.ok((JSON.parse(unknown.body) as { hosts: string[] }).hosts.includes('customer-c.parcellab.com'))

    await cli.until(({ stdout }) => /^customer-c \| [\d:.]+ INFO {2}GET \/ 200/m.test(stdout))
    assert.equal((await cli.kill('SIGTERM')).code, 0)
  })

  it('prints JSON lines with --json', TIMEOUT, async () => {
    const { cli, port } = await startDev(project.folder, '--json', '--no-watch')
    await cli.until(({ stdout }) => stdout.trimEnd().split('\n').length === 4)
    const [first = '', ...others] = cli.stdout.trimEnd().split('\n')
    const { frontDoor, deployments } = JSON.parse(first) as StackPlaces
    assert.equal(frontDoor, `http://localhost:${port}`)
    assert.deepEqual(deployments[2], {
      deployment: 'customer-c',
      service: 'greeter',
      url: `http://localhost:${port + 3}`,
      frontDoor: `http://customer-c.localhost:${port}`,
      host: 'customer-c.parcellab.com',
      state: 'ready',
    })
    const messages = others.map((line) => JSON.parse(line) as { deployment: string; message: string })
    assert.deepEqual(
      messages.map(({ deployment, message }) => [deployment, message]),
      [
        ['customer-a', 'Ready'],
        ['customer-b', 'Ready'],
        ['customer-c', 'Ready'],
      ],
    )
    assert.equal((await cli.kill('SIGINT')).code, 0)
  })

  it('starts what stands in for others, unless the environment leads elsewhere', TIMEOUT, async () => {
    const own = createProject('shout', shoutStack(1))
    const port = await freePorts(3)
    const standIn = `http://127.0.0.1:${port + 2}`
    const start = async (environment: Record<string, string>) => {
      const cli = new Cli(['dev', '--port', String(port), '--port-base', String(port + 1)], { cwd: own.folder, environment })
      await cli.until(({ stdout }) => stdout.includes('shout.localhost'))
      return cli
    }
    const shout = async (data: string) => {
      const response = await fetch(`http://localhost:${port + 1}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ data }),
      })
      return { status: response.status, body: (await response.json()) as { data?: string } }
    }
    const first = await start({})
    assert.ok(first.stdout.includes(`Standing in for shoutcloud: ${standIn}\n`))
    assert.deepEqual(await shout('test'), { status: 200, body: { data: 'TSET' } })
    assert.equal((await fetch(`${standIn}/stand-in`, { method: 'PUT', body: '{"fault": "error"}' })).status, 200)
    assert.equal((await shout('another')).status, 503)
    assert.equal((await first.kill('SIGTERM')).code, 0)

    const second = await start({ SHOUTCLOUD_URL: 'http://127.0.0.1:2/V1/SHOUT' })
    assert.ok(!second.stdout.includes('Standing in'))
    await assert.rejects(fetch(standIn))
    assert.equal((await shout('test')).status, 503)
    assert.equal((await second.kill('SIGTERM')).code, 0)
    own.remove()
  })

  it('runs on the other runtime when asked to', TIMEOUT, async () => {
    for (const runtime of ['node', 'bun']) {
      const { cli } = await startDev(project.folder, '--runtime', runtime)
      await cli.until(({ stdout }) => stdout.includes('runtime='))
      assert.match(cli.stdout, new RegExp(`runtime=${runtime} `))
      assert.equal((await cli.kill('SIGINT')).code, 0)
    }
  })

  describe('on a change', () => {
    let own: ReturnType<typeof createProject>
    let running: Awaited<ReturnType<typeof startDev>>
    let serviceFile = ''
    let source = ''

    before(async () => {
      own = createProject()
      serviceFile = join(own.folder, 'services', 'greeter', 'service.ts')
      source = readFileSync(serviceFile, 'utf8')
      running = await startDev(own.folder)
    }, TIMEOUT)
    after(async () => {
      await running.cli.kill('SIGTERM')
      own.remove()
    })

    const change = (greeting: string) => writeFileSync(serviceFile, source.replace("'Hi!'", `'${greeting}'`))
    const restarts = () => running.cli.stderr.split('restarting.').length - 1

    it('restarts within a second', TIMEOUT, async () => {
      const times: number[] = []
      // A busy machine gets three tries.
      for (const greeting of ['One', 'Two', 'Three']) {
        change(greeting)
        times.push(await untilGreeting(running.port + 1, greeting))
        if (Math.min(...times) <= 1000) break
      }
      assert.ok(Math.min(...times) <= 1000, `It took ${times.map(Math.round).join(', ')} ms.`)
    })

    it('restarts once for many changes', TIMEOUT, async () => {
      const earlier = restarts()
      for (const number of [1, 2, 3, 4, 5]) {
        writeFileSync(join(own.folder, 'services', 'greeter', `other-${number}.ts`), '')
        await sleep(10)
      }
      change('Burst')
      await untilGreeting(running.port + 1, 'Burst')
      await sleep(300)
      assert.equal(restarts(), earlier + 1)
    })

    it("leaves tests and editors' files alone", TIMEOUT, async () => {
      const earlier = restarts()
      for (const name of ['service.test.ts', '4913', 'service.ts~', 'service.ts.tmp', '#service.ts#']) {
        writeFileSync(join(own.folder, 'services', 'greeter', name), '')
      }
      await sleep(400)
      assert.equal(restarts(), earlier)
    })

    it('says what broke the stack, and waits for the next change', TIMEOUT, async () => {
      const stackFile = join(own.folder, 'slipway.config.ts')
      const stack = readFileSync(stackFile, 'utf8')
      writeFileSync(stackFile, stack.replace("CUSTOMER_NAME: 'B'", "LOG_LEVEL: 'loud'"))
      await running.cli.until(({ stderr }) =>
        /The configuration of customer-b is not valid:\n {2}LOG_LEVEL must be[\s\S]*The stack has ended/.test(stderr),
      )
      writeFileSync(stackFile, stack.replace("CUSTOMER_NAME: 'B'", "CUSTOMR_NAME: 'B'"))
      await running.cli.until(({ stderr }) =>
        stderr.includes('The deployment customer-b sets CUSTOMR_NAME, which the service greeter does not have. Did you mean CUSTOMER_NAME?'),
      )
      writeFileSync(stackFile, stack)
      writeFileSync(serviceFile, 'export default {{{')
      await running.cli.until(({ stderr }) => /service\.ts:1/.test(stderr))
      change('Mended')
      await untilGreeting(running.port + 1, 'Mended')
    })
  })

  it('names the port that is taken, and the option that chooses another', TIMEOUT, async () => {
    const first = await freePorts(5)
    const taken = first + 1
    const dev = (port: number, portBase: number) => new Cli(['dev', '--port', String(port), '--port-base', String(portBase)], { cwd: project.folder })
    const other = await takePort(taken)
    try {
      const front = dev(taken, first + 2)
      assert.equal(await front.exited, 69)
      assert.deepEqual(
        [front.stdout, front.stderr],
        ['', `Port ${taken}, for the front door, is taken; stop what listens there, or choose another with --port.\n`],
      )
      const deployment = dev(first + 4, first)
      assert.equal(await deployment.exited, 69)
      const sentence = `Port ${taken}, for customer-b, is taken; stop what listens there, or choose other ports with --port-base.\n`
      assert.deepEqual([deployment.stdout, deployment.stderr], ['', sentence])
    } finally {
      other?.close()
    }
  })

  it('ends with 0 within two seconds when a terminal sends Ctrl-C to all of its processes', TIMEOUT, async () => {
    const { cli, port } = await startDev(project.folder)
    // A browser keeps its connections.
    await fetch(`http://localhost:${port + 1}/`)
    const startedAt = performance.now()
    process.kill(-(cli.process.pid as number), 'SIGINT')
    assert.equal(await cli.exited, 0)
    assert.ok(performance.now() - startedAt < 2000)
    assert.ok((await untilGone(port)) < 500)
    assert.equal(cli.stderr, '')
  })

  it('shows what is not ready yet, and ends as quietly', TIMEOUT, async () => {
    const own = createProject()
    const file = join(own.folder, 'services', 'greeter', 'service.ts')
    const resource = "resources: { db: { kind: 'database', config: {}, network: () => [], open: async () => { throw new Error('down') } } },"
    writeFileSync(file, readFileSync(file, 'utf8').replace('  onStart:', `  ${resource}\n  onStart:`))
    const { cli, port } = await startDev(own.folder)
    assert.match(cli.stdout, /customer-a .* starting\n/)
    assert.equal((await get(port + 1)).status, 503)
    await cli.until(({ stdout }) => stdout.includes('db could not be opened and is tried again'))
    assert.deepEqual([(await cli.kill('SIGINT')).code, cli.stderr], [0, ''])
    assert.ok(!cli.stdout.includes('could not start'))
    own.remove()
  })

  it('leaves nothing behind when it is killed', TIMEOUT, async () => {
    const { cli, port } = await startDev(project.folder)
    cli.process.kill('SIGKILL')
    assert.ok((await untilGone(port)) < 2000)
  })
})
