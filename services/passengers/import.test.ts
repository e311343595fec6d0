import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { databases, freshDatabase } from '../../test/databases/databases.ts'
import { assertProblem, type OpenService, useService } from '../../test/open-service.ts'
import { type StartedProcess, startProcess } from '../../test/start-process.ts'
import service from './service.ts'

const HEADER = 'Survived,Pclass,Name,Sex,Age,Siblings/Spouses Aboard,Parents/Children Aboard,Fare'
const INITIAL = 36
const ROWS = 100_000
const MOST_MEGABYTES = 80
/** As in a container of 256 MiB: a runtime that sees the memory of a large machine lets the more garbage lie, and says nothing of what is in use. */
const SMALL = { NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=48', BUN_JSC_forceRAMSize: String(179 * 2 ** 20) }
const CSV = { 'content-type': 'text/csv' }

/** In MB; of the process now, or at its largest. */
function memoryOf(process: number | undefined, which: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1]) / 1024
}

function fileOf(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => `${index % 2},3,"Mrs. Somebody (the ${index}th), O'Dwyer",female,${index % 90}.5,1,0,7.25`)
  return [HEADER, ...lines].join('\n')
}

/** Valid, and 9 KB. */
const LONG_ROW = `0,3,Long,male,22,1,0,7.25${'0'.repeat(9000)}\n`

function endless(bytes: number): ReadableStream<Uint8Array> {
  const row = Buffer.from(LONG_ROW.repeat(10))
  let sent = 0
  return new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from(`${HEADER}\n`)),
    pull(controller) {
      if (sent > bytes) return controller.close()
      sent += row.byteLength
      controller.enqueue(row)
    },
  })
}

/** How often something can be done until something else is. */
async function countUntil(end: Promise<unknown>, act: () => Promise<unknown>): Promise<number> {
  let isOver = false
  let count = 0
  end
    .finally(() => {
      isOver = true
    })
    .catch(() => {})
  for (; !isOver; count++) {
    await act()
    await sleep(20)
  }
  return count
}

async function countOf({ send }: OpenService): Promise<number> {
  return (await send('GET', '/passengerlist')).body.length
}

async function storedIn({ url }: StartedProcess): Promise<number> {
  return (await (await fetch(`${url}/passengerlist`)).text()).split('{"uuid":').length - 1
}

for (const kind of databases) {
  describe(`large imports of passengers on ${kind}`, () => {
    const open = useService(service, kind)

    test(`${ROWS} rows are imported with less than ${MOST_MEGABYTES} MB more memory, while others are served`, {
      timeout: 120_000,
    }, async (context) => {
      const database = await freshDatabase(kind)
      const passengers = await startProcess('services/passengers/main.ts', { DATABASE_URL: database.url, ...SMALL })
      const send = async (file: string) => (await fetch(`${passengers.url}/passengers`, { method: 'POST', headers: CSV, body: file })).json()
      try {
        assert.deepEqual(await send(fileOf(20_000)), { imported: 20_000 })
        const before = memoryOf(passengers.child.pid, 'VmRSS')
        const startedAt = performance.now()
        const importing = send(fileOf(ROWS))
        const others = await countUntil(importing, async () => assert.equal((await fetch(`${passengers.url}/passengers?limit=1`)).status, 200))
        assert.deepEqual(await importing, { imported: ROWS })
        const seconds = (performance.now() - startedAt) / 1000
        const growth = memoryOf(passengers.child.pid, 'VmHWM') - before
        context.diagnostic(
          `${ROWS} rows in ${seconds.toFixed(1)} s, with ${growth.toFixed(0)} MB more than ${before.toFixed(0)} MB, and ${others} other requests`,
        )
        assert.equal(await storedIn(passengers), INITIAL + 20_000 + ROWS)
        assert.ok(growth < MOST_MEGABYTES, `It grew by ${growth.toFixed(0)} MB.`)
        assert.ok(others >= 10, `In the meantime it answered ${others} other requests.`)
      } finally {
        assert.equal(await passengers.stop(), 0)
        await database.drop()
      }
    })

    // A short file stays in memory until it is whole, a long one does not.
    for (const [what, half] of [
      ['short', fileOf(5000)],
      ['long', `${HEADER}\n${LONG_ROW.repeat(1200)}`],
    ] as const) {
      test(`of a ${what} file whose client breaks off, nothing is stored`, { timeout: 60_000 }, async () => {
        const opened = await open()
        for (const framing of [`Content-Length: ${2 * half.length}`, 'Transfer-Encoding: chunked']) {
          const socket = connect(opened.port, '127.0.0.1')
          await once(socket, 'connect')
          const body = framing.startsWith('Content') ? half : `${half.length.toString(16)}\r\n${half}\r\n`
          const bytes = `POST /passengers HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\n${framing}\r\n\r\n${body}`
          await new Promise((resolve) => socket.write(bytes, resolve))
          await sleep(500)
          socket.destroy()
          await sleep(100)
          assert.equal(await countOf(opened), INITIAL)
        }
        assert.equal((await opened.send('POST', '/passengers', { body: HEADER, headers: CSV })).status, 200, 'others can write')
      })
    }

    test('while a client stops in the middle of a long file, nobody else has to wait', { timeout: 60_000 }, async () => {
      const opened = await open()
      const socket = connect(opened.port, '127.0.0.1')
      await once(socket, 'connect')
      const begun = `POST /passengers HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: 60000000\r\n\r\n${HEADER}\n${LONG_ROW.repeat(1200)}`
      await new Promise((resolve) => socket.write(begun, resolve))
      await sleep(500)
      const startedAt = performance.now()
      const quick = await opened.send('POST', '/passengers', { body: `${HEADER}\n0,3,Undelayed,male,22,1,0,7.25`, headers: CSV })
      assert.deepEqual(quick.body, { imported: 1 })
      assert.ok(performance.now() - startedAt < 2000)
      socket.destroy()
      const [undelayed] = (await opened.send('GET', '/passengers?name=undelayed')).body
      assert.equal((await opened.send('DELETE', `/passengers/${undelayed.uuid}`)).status, 204)
    })

    test('while a client sends slowly, nobody else has to wait', { timeout: 60_000 }, async () => {
      const opened = await open()
      const sockets = await Promise.all(
        Array.from({ length: 12 }, async () => {
          const socket = connect(opened.port, '127.0.0.1')
          await once(socket, 'connect')
          socket.write(`POST /passengers HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: 1000000\r\n\r\n${fileOf(1000)}\n`)
          return socket
        }),
      )
      await sleep(300)
      const imported = await opened.send('POST', '/passengers', { body: `${HEADER}\n0,3,Quick,male,22,1,0,7.25`, headers: CSV })
      assert.deepEqual(imported.body, { imported: 1 })
      for (const socket of sockets) socket.destroy()
      const [quick] = (await opened.send('GET', '/passengers?name=quick')).body
      assert.equal((await opened.send('DELETE', `/passengers/${quick.uuid}`)).status, 204)
    })
  })
}

test('a file for which there is no room is 503, and nothing is stored', { timeout: 60_000 }, async () => {
  const database = await freshDatabase('sqlite')
  // A file that may not grow stands for a full disk, which only root could make; the signal is what a process gets beside the error.
  const through = ['sh', '-c', `trap '' XFSZ; ulimit -S -f 8000; exec "$@"`, 'sh']
  const passengers = await startProcess('services/passengers/main.ts', { DATABASE_URL: database.url }, true, through)
  const send = (body: string) => fetch(`${passengers.url}/passengers`, { method: 'POST', headers: CSV, body })
  const refused = await send(`${HEADER}\n${LONG_ROW.repeat(1200)}`)
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5'])
  assert.deepEqual(await (await send(fileOf(10))).json(), { imported: 10 })
  assert.equal(await storedIn(passengers), INITIAL + 10)
  assert.equal(await passengers.stop(), 0)
  await database.drop()
})

describe('a file of more than 64 MiB', () => {
  const open = useService(service, 'sqlite')

  test('is 413 when its client says so', { timeout: 60_000 }, async () => {
    const opened = await open()
    const socket = connect(opened.port, '127.0.0.1')
    socket.write(`POST /passengers HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: ${65 * 2 ** 20}\r\n\r\n${fileOf(10)}`)
    const [said] = await once(socket.setEncoding('utf8'), 'data')
    assert.match(said, /^HTTP\/1\.1 413 /)
    socket.destroy()
    assert.equal(await countOf(opened), INITIAL)
  })

  test('is 413 when so much has come, and nothing is stored', { timeout: 120_000 }, async () => {
    const opened = await open()
    assertProblem(await opened.send('POST', '/passengers', { body: endless(65 * 2 ** 20), headers: CSV }), 413, 'body_too_large')
    assert.equal(await countOf(opened), INITIAL)
  })
})
