import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askRedis } from '../../../../../test/databases/ask-redis.ts'
import { countedLoad, openNotes } from './open-cache.fixture.ts'
import { startOwnRedis, until } from './open-replicas.fixture.ts'

const AWAY = { level: 'warn', message: 'The shared cache is away; each replica caches for itself until it is back' }
const REFUSES = { level: 'warn', message: 'The shared cache refuses a command; it is gone on without' }
const BACK = { level: 'info', message: 'The shared cache is back' }

for (const [what, hurt, mend] of [
  ['lets us in and refuses what we ask', 'ACL SETUSER default -eval', 'ACL SETUSER default +eval'],
  ['became a replica, which stores nothing', 'REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE'],
] as const) {
  test(`a Redis that ${what} is tried now and then, and back when it obeys`, { timeout: 30_000 }, async (context) => {
    const { url } = await startOwnRedis(context)
    const { open, notes, told } = await openNotes({ config: { CACHE_URL: url } })
    const connections = async () => Number(/total_connections_received:(\d+)/.exec(await askRedis(url, 'INFO stats'))?.[1])
    await askRedis(url, hurt)
    const before = await connections()
    const end = performance.now() + 2500
    for (let key = 0; performance.now() < end; key++) {
      await notes.get(`key ${key}`, countedLoad(0).load)
      // A ping is obeyed, and tells nothing of the rest.
      await open.check(new AbortController().signal)
      await sleep(5)
    }
    // One is the question itself.
    const made = (await connections()) - before - 1
    assert.ok(made >= 2 && made <= 7, `${made} connections`)
    assert.deepEqual(told, [REFUSES, AWAY])
    await askRedis(url, mend)
    let key = 0
    await until(async () => {
      await notes.get(`later key ${key++}`, countedLoad(0).load)
      return told.length > 2
    })
    assert.deepEqual(told, [REFUSES, AWAY, BACK])
    await open.close()
  })
}

test('a Redis that takes a connection and says nothing is told of as that', async (context) => {
  const server = createServer((socket) => socket.resume().on('error', () => {})).listen(0)
  context.after(() => server.close())
  await once(server, 'listening')
  const { open, causes } = await openNotes({ config: { CACHE_URL: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` } })
  assert.deepEqual(causes, ['Error: Redis did not greet within 1000 ms.'])
  await open.close()
})
