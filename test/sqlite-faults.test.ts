import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandOf } from '../packages/chassis/src/resources/database/connection.ts'
import { openSqlite } from '../packages/chassis/src/resources/database/sqlite-pool.ts'
import { freshDatabase } from './databases/databases.ts'
import { type Ledger, startLedger, until } from './fixtures/ledger/start-ledger.ts'

const TIMEOUT = { timeout: 60_000 }

/** Takes the file's lock, as another process; a transaction that wants to write waits for it, whoever reads does not. */
async function lockFile(url: string): Promise<{ release(): Promise<void> }> {
  const pool = await openSqlite(url.slice('sqlite:'.length))
  const connection = await pool.acquire('write', performance.now() + 1000)
  await connection.execute(commandOf('BEGIN EXCLUSIVE'), performance.now() + 1000)
  return {
    async release() {
      connection.destroy()
      await pool.close()
    },
  }
}

async function assertResponsive(ledger: Ledger, isOver: () => boolean): Promise<void> {
  let longest = 0
  while (!isOver()) {
    const startedAt = performance.now()
    assert.equal((await ledger.get('/livez')).status, 200)
    longest = Math.max(longest, performance.now() - startedAt)
    await sleep(10)
  }
  assert.ok(longest < 400, `An answer took ${longest} ms.`)
}

describe('a service whose SQLite file', () => {
  test('is locked by another process goes on answering, and writes wait until their deadline', TIMEOUT, async () => {
    const { url, drop } = await freshDatabase('sqlite')
    const ledger = await startLedger({ DATABASE_URL: url, REQUEST_DEADLINE: '1' })
    await ledger.post('/entries', { name: 'before' })
    const lock = await lockFile(url)
    const startedAt = performance.now()
    let isOver = false
    const responsive = assertResponsive(ledger, () => isOver)
    const writes = await Promise.all(Array.from({ length: 20 }, (_, index) => ledger.post('/entries', { name: `locked out ${index}` })))
    const milliseconds = performance.now() - startedAt
    assert.deepEqual(new Set(writes.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`)), new Set(['503 1']))
    assert.ok(milliseconds > 500 && milliseconds < 1000, `It took ${milliseconds} ms.`)
    assert.deepEqual(await (await ledger.get('/entries')).json(), ['before'], 'who reads does not wait')
    assert.equal((await ledger.get('/readyz')).status, 200)

    const waiting = ledger.post('/entries', { name: 'after' })
    await sleep(200)
    await lock.release()
    assert.equal((await waiting).status, 201)
    isOver = true
    await responsive
    assert.deepEqual(await (await ledger.get('/entries')).json(), ['before', 'after'])
    assert.deepEqual(await ledger.pool(), { used: 0, idle: 1, pending: 0, max: 1 })
    assert.equal(await ledger.stop(), 0)
    await drop()
  })

  test('is locked at its start is live, and becomes ready when the lock ends', TIMEOUT, async () => {
    const { url, drop } = await freshDatabase('sqlite')
    const lock = await lockFile(url)
    const ledger = await startLedger({ DATABASE_URL: url }, false)
    await until('it told why', () => ledger.logs().some(({ message }) => String(message).includes('has the database locked; waiting for it')))
    let isOver = false
    const responsive = assertResponsive(ledger, () => isOver)
    await sleep(500)
    isOver = true
    await responsive
    assert.equal((await ledger.get('/readyz')).status, 503)
    await lock.release()
    await until('it was ready', async () => (await ledger.get('/readyz')).status === 200, 2000)
    assert.equal(await ledger.stop(), 0)
    await drop()
  })

  test('has no more room answers 503, loses nothing, and goes on when there is room again', TIMEOUT, async () => {
    const { url, drop } = await freshDatabase('sqlite')
    // A file that may not grow stands for a full disk, which only root could make; the signal is what a process gets beside the error.
    const through = ['sh', '-c', `trap '' XFSZ; ulimit -S -f 2000; exec "$@"`, 'sh']
    const ledger = await startLedger({ DATABASE_URL: url }, true, through)
    const write = async (name: string) => {
      const response = await ledger.post('/entries', { name, note: 'x'.repeat(20_000) })
      return { status: response.status, retryAfter: response.headers.get('retry-after') }
    }
    const acknowledged: string[] = []
    let answer = await write('first')
    for (let count = 1; answer.status === 201; count++) {
      acknowledged.push(count === 1 ? 'first' : `entry ${count}`)
      assert.ok(count < 1000, 'there is always room')
      answer = await write(`entry ${count + 1}`)
    }
    assert.ok(acknowledged.length > 5)
    assert.deepEqual(answer, { status: 503, retryAfter: '1' })
    const failures = await Promise.all(Array.from({ length: 50 }, (_, index) => write(`refused ${index}`)))
    assert.deepEqual(new Set(failures.map(({ status }) => status)), new Set([503]))
    assert.deepEqual(await (await ledger.get('/entries')).json(), acknowledged)
    assert.deepEqual(await ledger.pool(), { used: 0, idle: 1, pending: 0, max: 1 })

    execFileSync('prlimit', ['--pid', String(ledger.child.pid), '--fsize=unlimited:unlimited'])
    assert.equal((await write('roomy')).status, 201)
    ledger.kill('SIGKILL')
    await ledger.ended
    const next = await startLedger({ DATABASE_URL: url })
    assert.deepEqual(await (await next.get('/entries')).json(), [...acknowledged, 'roomy'])
    assert.equal(await next.stop(), 0)
    await drop()
  })
})
