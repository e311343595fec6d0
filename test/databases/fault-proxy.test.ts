import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'

interface Parts {
  proxy: FaultProxy
  client: Socket
  /** Sends a line, and resolves to the line that comes back. */
  say(line: string): Promise<string>
}

/** Runs with an echo behind a proxy. */
async function withEcho(act: (parts: Parts) => Promise<void>): Promise<void> {
  const echo = createServer((socket) => void socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const proxy = await startFaultProxy((echo.address() as AddressInfo).port)
  const client = await connected(proxy)
  const say = async (line: string) => {
    client.write(line)
    return String((await once(client, 'data'))[0])
  }
  try {
    await act({ proxy, client, say })
  } finally {
    client.destroy()
    await proxy.stop()
    echo.close()
  }
}

async function connected({ port }: FaultProxy): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

const soon = (answer: Promise<unknown>) => Promise.race([answer, sleep(200, 'nothing')])

describe('the fault proxy', () => {
  test('passes everything on, and the end', { timeout: 60_000 }, () =>
    withEcho(async ({ proxy, client, say }) => {
      assert.equal(await say('hello'), 'hello')
      assert.equal(proxy.connections, 1)
      const large = 'x'.repeat(5_000_000)
      let received = 0
      const complete = Promise.withResolvers<void>()
      client.on('data', (data) => {
        received += data.length
        if (received === large.length) complete.resolve()
      })
      client.write(large)
      await complete.promise
      client.end()
      await once(client, 'close')
      await sleep(50)
      assert.equal(proxy.connections, 0)
    }),
  )

  test('cut: ends connections and refuses new ones, until healed', { timeout: 60_000 }, () =>
    withEcho(async ({ proxy, client, say }) => {
      await say('hello')
      const closed = once(client.resume(), 'close')
      await proxy.cut()
      await closed
      assert.equal(proxy.connections, 0)
      await assert.rejects(connected(proxy), { code: 'ECONNREFUSED' })
      await proxy.heal()
      const next = await connected(proxy)
      next.write('again')
      assert.equal(String((await once(next, 'data'))[0]), 'again')
      next.destroy()
    }),
  )

  test('frozen: lets nothing through, accepts, and passes it on when healed', { timeout: 60_000 }, () =>
    withEcho(async ({ proxy, say }) => {
      await say('hello')
      proxy.freeze()
      const answer = say('held')
      assert.equal(await soon(answer), 'nothing')
      const late = await connected(proxy)
      late.write('late')
      const lateAnswer = once(late, 'data')
      assert.equal(await soon(lateAnswer), 'nothing')
      await proxy.heal()
      assert.equal(await answer, 'held')
      assert.equal(String((await lateAnswer)[0]), 'late')
      late.destroy()
    }),
  )

  test('slow: in both directions, until healed', { timeout: 60_000 }, () =>
    withEcho(async ({ proxy, say }) => {
      proxy.slow(100)
      const start = performance.now()
      assert.equal(await say('hello'), 'hello')
      assert.ok(performance.now() - start >= 195)
      await proxy.heal()
      const healed = performance.now()
      assert.equal(await say('hello'), 'hello')
      assert.ok(performance.now() - healed < 100)
    }),
  )

  test('ends a connection that the server ends, or that finds no server', { timeout: 60_000 }, async () => {
    const closing = createServer((socket) => void socket.end()).listen(0, '127.0.0.1')
    await once(closing, 'listening')
    const proxy = await startFaultProxy((closing.address() as AddressInfo).port)
    await once((await connected(proxy)).resume(), 'close')
    closing.close()
    await once((await connected(proxy)).resume(), 'close')
    await proxy.stop()
  })
})
