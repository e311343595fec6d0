import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askServer } from './databases/ask-server.ts'
import { startFaultProxy } from './databases/fault-proxy.ts'
import { startMariadb } from './databases/start-mariadb.ts'
import { startPostgres } from './databases/start-postgres.ts'
import type { ThrowawayServer } from './databases/throwaway-server.ts'
import { type Ledger, startLedger, until } from './fixtures/ledger/start-ledger.ts'

const TIMEOUT = { timeout: 120_000 }
/** The promise, and what a busy machine may take for an answer. */
const BACK_MILLISECONDS = 2000 + 300

const kinds = [
  {
    kind: 'postgres',
    start: startPostgres,
    sessions: "SELECT pid AS id FROM pg_stat_activity WHERE application_name LIKE 'slipway %'",
    busy: "SELECT pid AS id FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()",
    end: (id: unknown) => `SELECT pg_terminate_backend(${id})`,
  },
  {
    kind: 'mariadb',
    start: startMariadb,
    sessions: "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = 'ledger' AND ID <> CONNECTION_ID()",
    busy: "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'",
    end: (id: unknown) => `KILL ${id}`,
  },
]

const write = (ledger: Ledger, name: string) => ledger.post('/entries', { name })

/** How long after now it answers a write again, and is ready. */
async function timeUntilBack(ledger: Ledger): Promise<number> {
  const startedAt = performance.now()
  await until('it was ready again', async () => (await ledger.get('/readyz')).status === 200)
  const name = crypto.randomUUID()
  assert.equal((await write(ledger, name)).status, 201)
  return performance.now() - startedAt
}

async function assertUnavailable(answer: Promise<Response>, milliseconds: number): Promise<void> {
  const startedAt = performance.now()
  const response = await answer
  const took = performance.now() - startedAt
  const { code } = (await response.json()) as { code: string }
  assert.deepEqual([response.status, code, response.headers.get('retry-after')], [503, 'resource_unavailable', '1'])
  assert.ok(took < milliseconds, `It took ${took} ms.`)
}

for (const { kind, start, sessions, busy, end } of kinds) {
  describe(`a service whose ${kind}`, () => {
    let server: ThrowawayServer
    let url: string
    const servers = [
      start().then(async (started) => {
        server = started
        await askServer(server.url, 'CREATE DATABASE ledger')
        url = Object.assign(new URL(server.url), { pathname: '/ledger' }).href
      }),
    ]
    const withLedger = async (environment: Record<string, string>, work: (ledger: Ledger) => Promise<void>) => {
      await Promise.all(servers)
      const ledger = await startLedger({ DATABASE_URL: url, REQUEST_DEADLINE: '1.5', ...environment })
      await work(ledger)
      assert.equal(await ledger.stop(), 0)
      assert.equal(ledger.stderr(), '', 'nothing went uncaught')
    }
    after(async () => {
      await Promise.all(servers)
      await server.stop()
    })

    test('is away at its start is live, tells of it once, and becomes ready by itself', TIMEOUT, async () => {
      await Promise.all(servers)
      await server.kill()
      const ledger = await startLedger({ DATABASE_URL: url }, false)
      await until('it had tried', async () => (await ledger.get('/startupz')).status === 200)
      await sleep(1000)
      assert.equal((await ledger.get('/livez')).status, 200)
      assert.deepEqual(await (await ledger.get('/readyz')).json(), { status: 'not ready', state: 'starting', resources: { db: 'down' } })
      const problem = (await (await write(ledger, 'early')).json()) as { code: string }
      assert.equal(problem.code, 'not_ready')
      const warnings = ledger.logs().filter(({ message }) => message === 'db could not be opened and is tried again')
      assert.equal(warnings.length, 1)
      await server.start()
      const milliseconds = await timeUntilBack(ledger)
      assert.ok(milliseconds < BACK_MILLISECONDS, `It took ${milliseconds} ms.`)
      assert.equal(await ledger.stop(), 0)
    })

    test('is killed while it runs answers 503, is unready, leaks nothing, and is back within 2 s', TIMEOUT, () =>
      withLedger({}, async (ledger) => {
        assert.equal((await write(ledger, crypto.randomUUID())).status, 201)
        await Promise.all(Array.from({ length: 20 }, () => write(ledger, crypto.randomUUID())))
        await server.kill()
        await assertUnavailable(write(ledger, 'lost'), 1500)
        await assertUnavailable(ledger.get('/entries/lost'), 1500)
        await until('it was unready', async () => (await ledger.get('/readyz')).status === 503)
        assert.equal((await ledger.get('/livez')).status, 200)
        for (let round = 0; round < 20; round++) {
          const answers = await Promise.all(Array.from({ length: 50 }, () => write(ledger, 'lost')))
          assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([503]))
        }
        assert.deepEqual(await ledger.pool(), { used: 0, idle: 0, pending: 0, max: 10 })
        await server.start()
        const milliseconds = await timeUntilBack(ledger)
        assert.ok(milliseconds < BACK_MILLISECONDS, `It took ${milliseconds} ms.`)
      }),
    )

    test('is frozen answers 503 within the deadline, and is back within 2 s of the thaw', TIMEOUT, () =>
      withLedger({}, async (ledger) => {
        await Promise.all(Array.from({ length: 20 }, () => write(ledger, crypto.randomUUID())))
        server.freeze()
        // More than there are connections.
        const answers = [...Array.from({ length: 29 }, () => write(ledger, crypto.randomUUID())), ledger.get('/entries/lost')]
        await Promise.all(answers.map((answer) => assertUnavailable(answer, 1500)))
        await until('it was unready', async () => (await ledger.get('/readyz')).status === 503)
        server.thaw()
        const milliseconds = await timeUntilBack(ledger)
        assert.ok(milliseconds < BACK_MILLISECONDS, `It took ${milliseconds} ms.`)
        await until('no connection was in use', async () => (await ledger.pool()).used === 0)
        const { idle = 0, pending } = await ledger.pool()
        assert.ok(idle <= 10 && pending === 0)
        // What was given up is not held on the server either.
        await until('the server had let go', async () => (await askServer(url, sessions)).length <= 10)
      }),
    )

    test('is cut off by the network is back within 2 s', TIMEOUT, async () => {
      await Promise.all(servers)
      const proxy = await startFaultProxy(server.port)
      const detour = Object.assign(new URL(url), { port: String(proxy.port) }).href
      await withLedger({ DATABASE_URL: detour }, async (ledger) => {
        await Promise.all(Array.from({ length: 20 }, () => write(ledger, crypto.randomUUID())))
        await proxy.cut()
        await assertUnavailable(write(ledger, crypto.randomUUID()), 1500)
        await until('it was unready', async () => (await ledger.get('/readyz')).status === 503)
        await proxy.heal()
        const milliseconds = await timeUntilBack(ledger)
        assert.ok(milliseconds < BACK_MILLISECONDS, `It took ${milliseconds} ms.`)
        await until('no connection was in use', async () => (await ledger.pool()).used === 0)
      })
      await proxy.stop()
    })

    test('ends sessions in mid-transaction loses nothing that was acknowledged', TIMEOUT, () =>
      withLedger({}, async (ledger) => {
        await ledger.post('/entries', { name: `from ${kind}` })
        await ledger.post('/entries', { name: `to ${kind}` })
        const amountOf = async (name: string) => ((await (await ledger.get(`/entries/${name} ${kind}`)).json()) as { amount: number }).amount
        const transfer = (milliseconds: number) => ledger.post(`/transfers?from=from ${kind}&to=to ${kind}&milliseconds=${milliseconds}`)
        const open = transfer(600)
        await sleep(200)
        for (const { id } of await askServer(url, sessions)) await askServer(url, end(id)).catch(() => {})
        await assertUnavailable(open, 1500)
        assert.deepEqual([await amountOf('from'), await amountOf('to')], [0, 0])

        let isOver = false
        const ending = (async () => {
          while (!isOver) {
            const [first] = await askServer(url, sessions)
            if (first) await askServer(url, end(first.id)).catch(() => {})
            await sleep(20)
          }
        })()
        const statuses: number[] = []
        for (let round = 0; round < 10; round++) {
          statuses.push(...(await Promise.all(Array.from({ length: 4 }, () => transfer(5)))).map(({ status }) => status))
        }
        isOver = true
        await ending
        const acknowledged = statuses.filter((status) => status === 204).length
        const [from, to] = [await amountOf('from'), await amountOf('to')]
        assert.equal(from + to, 0, 'all of a transaction, or nothing')
        assert.ok(to >= acknowledged && to <= statuses.length, `${acknowledged} were acknowledged, ${to} are there`)
        assert.deepEqual(new Set([...statuses, 204, 503]), new Set([204, 503]))
      }),
    )

    test('runs a statement for too long answers 503 in time, and ends it on the server', TIMEOUT, () =>
      withLedger({}, async (ledger) => {
        await assertUnavailable(ledger.get('/slow?milliseconds=20000'), 1500)
        await until('the server had given it up', async () => (await askServer(url, busy)).length === 0, 3000)
        assert.equal((await ledger.pool()).used, 0)
        assert.equal((await write(ledger, crypto.randomUUID())).status, 201)
      }),
    )

    test('finds two transactions in each other’s way lets both succeed', TIMEOUT, () =>
      withLedger({ REQUEST_DEADLINE: '5' }, async (ledger) => {
        await ledger.post('/entries', { name: `left ${kind}` })
        await ledger.post('/entries', { name: `right ${kind}` })
        const answers = await Promise.all([
          ledger.post(`/transfers?from=left ${kind}&to=right ${kind}&milliseconds=200`),
          ledger.post(`/transfers?from=right ${kind}&to=left ${kind}&milliseconds=200`),
        ])
        assert.deepEqual(
          answers.map(({ status }) => status),
          [204, 204],
        )
      }),
    )
  })
}
