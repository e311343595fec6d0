import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { warehouse } from '../../../../test/fixtures/warehouse.ts'
import { rawRequest, statusOf } from '../../../../test/raw-request.ts'
import { type StartedProcess, startProcess } from '../../../../test/start-process.ts'
import { type TestedService, testService } from '../testing.ts'

const MEGABYTE = 1_000_000
type Framing = 'declared' | 'chunked'

function residentMegabytes({ child }: StartedProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
}

function headOf(path: string, size: number, framing: Framing, contentType = 'text/csv'): string {
  const length = framing === 'declared' ? `Content-Length: ${size}` : 'Transfer-Encoding: chunked'
  return `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ${contentType}\r\n${length}\r\n\r\n`
}

function framed(block: Buffer, framing: Framing): Buffer {
  return framing === 'declared' ? block : Buffer.concat([Buffer.from(`${block.length.toString(16)}\r\n`), block, Buffer.from('\r\n')])
}

interface SentBody {
  path: string
  size: number
  framing: Framing
  first?: string
  pauseMilliseconds?: number
  contentType?: string
}

/** A client that looks for the answer only after it has sent everything, as simple ones do. */
async function sendThenRead(port: number, { path, size, framing, first = 'x', pauseMilliseconds = 0, contentType }: SentBody): Promise<string> {
  const socket = connect(port, '127.0.0.1').pause()
  socket.on('error', () => {})
  await write(socket, Buffer.from(headOf(path, size, framing, contentType)))
  const block = Buffer.alloc(50_000, 'x')
  for (let sent = 0; sent < size && !socket.destroyed; sent += block.length) {
    const part = sent === 0 ? Buffer.concat([Buffer.from(first), block.subarray(first.length)]) : block
    await write(socket, framed(part.subarray(0, size - sent), framing))
    if (pauseMilliseconds > 0) await sleep(pauseMilliseconds)
  }
  if (framing === 'chunked') await write(socket, Buffer.from('0\r\n\r\n'))
  let answer = ''
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.setEncoding('latin1').on('data', (text) => {
    answer += text
  })
  socket.resume()
  await closed
  return answer
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => void socket.write(bytes, () => resolve()))
}

describe('a body that is read as it arrives, over a connection', () => {
  let started: StartedProcess
  before(async () => {
    started = await startProcess('test/fixtures/warehouse-main.ts', { REQUEST_DEADLINE: '5' })
  })
  after(async () => assert.equal(await started.stop(), 0))

  for (const framing of ['declared', 'chunked'] as const) {
    test(`100 MB, ${framing}, are never in memory together, even where the handler is slow`, async () => {
      // A garbage collector takes its time to settle.
      await sendThenRead(started.port, { path: '/crates', size: 50 * MEGABYTE, framing })
      const before = residentMegabytes(started)
      let most = before
      const watch = setInterval(() => {
        most = Math.max(most, residentMegabytes(started))
      }, 5)
      const answer = await sendThenRead(started.port, { path: '/crates?milliseconds=1', size: 100 * MEGABYTE, framing })
      clearInterval(watch)
      assert.match(answer, /"bytes":100000000/)
      assert.ok(most - before < 50, `resident memory grew from ${before} MB to ${most} MB`)
    })

    test(`10 MB, ${framing}, whose first row is bad: a client that reads only then gets the answer`, async () => {
      const before = residentMegabytes(started)
      const answer = await sendThenRead(started.port, { path: '/crates', size: 10 * MEGABYTE, framing, first: '!' })
      assert.deepEqual([statusOf(answer), answer.includes('"code":"bad_row"')], [422, true])
      const slow = await sendThenRead(started.port, { path: '/crates', size: 4 * MEGABYTE, framing, first: '!', pauseMilliseconds: 15 })
      assert.equal(statusOf(slow), 422, 'also where sending takes longer than a second')
      assert.ok(residentMegabytes(started) - before < 50)
    })

    test(`what the handler does not read, ${framing}, is discarded`, async () => {
      const answer = await sendThenRead(started.port, { path: '/crates?rows=1', size: 10 * MEGABYTE, framing })
      assert.deepEqual([statusOf(answer), answer.includes('"blocks":1')], [200, true])
      const refused = await sendThenRead(started.port, { path: '/crates?rows=none', size: 10 * MEGABYTE, framing })
      assert.equal(statusOf(refused), 422)
    })

    test(`more than the route's own limit, ${framing}, is 413`, async () => {
      const body = { path: '/scales', size: 2 * MEGABYTE, framing, contentType: 'application/octet-stream' }
      const answer = await sendThenRead(started.port, body)
      assert.match(
        answer,
        /^HTTP\/1.1 413[\s\S]*"code":"body_too_large"[\s\S]*at most 100000 bytes|at most 100000 bytes[\s\S]*"code":"body_too_large"/,
      )
      assert.match(await sendThenRead(started.port, { ...body, size: 100_000 }), /"grams":100000/)
    })

    test(`a client that stalls, ${framing}, gets 408 at the deadline and is let go`, async () => {
      const startedAt = performance.now()
      const bytes = Buffer.concat([Buffer.from(headOf('/scales', 1000, framing, 'application/octet-stream')), framed(Buffer.alloc(10), framing)])
      const answer = await rawRequest(started.port, bytes, 4000)
      assert.match(answer, /^HTTP\/1.1 408/)
      assert.match(answer, /\r\nconnection: close\r\n/i)
      assert.ok(performance.now() - startedAt < 2000)
    })

    test(`a client that breaks off, ${framing}, fails the read`, async () => {
      const socket = connect(started.port, '127.0.0.1')
      await write(socket, Buffer.from(headOf('/crates', 1000, framing)))
      await write(socket, framed(Buffer.alloc(500), framing))
      await sleep(50)
      socket.destroy()
      await sleep(400)
      const { level, ...line } = started.logs().findLast(({ message }) => message !== undefined) ?? {}
      assert.deepEqual([level, line.message, line['http.response.status_code']], ['info', 'POST /crates 400', 400])
    })
  }

  test('a client that waits for leave to send, with Expect: 100-continue, gets it', async () => {
    const head = headOf('/scales', 3, 'declared', 'application/octet-stream').replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n')
    const answer = await rawRequest(started.port, `${head}abc`, 3000)
    assert.match(answer, /"grams":3/)
  })

  test('nothing is left over', async () => {
    const metrics = await (await fetch(`${started.url}/metrics`)).text()
    assert.match(metrics, /\nhttp_server_active_requests 0\n/)
  })
})

describe('a body that is read as it arrives', () => {
  let service: TestedService
  before(async () => {
    service = await testService(warehouse)
  })
  after(() => service.stop())

  const send = (path: string, body: string | ReadableStream, contentType: string) =>
    service.request(path, { method: 'POST', body, headers: { 'content-type': contentType }, duplex: 'half' } as RequestInit)

  test('may be empty', async () => {
    const response = await send('/scales', '', 'application/octet-stream')
    assert.deepEqual(await response.json(), { grams: 0 })
  })

  test('may be answered block by block', async () => {
    const blocks = Array.from({ length: 40 }, (_, index) => String(index).repeat(5000))
    const body = new ReadableStream({
      pull: (controller) => {
        const block = blocks.shift()
        if (block === undefined) controller.close()
        else controller.enqueue(new TextEncoder().encode(block))
      },
    })
    const echoed = (await (await send('/echoes', body, 'application/octet-stream')).json()) as string[]
    assert.equal(echoed.length, 40)
    assert.equal(echoed[39], '39'.repeat(5000))
  })

  test('of another media type is 415', async () => {
    const response = await send('/scales', '', 'text/csv')
    assert.deepEqual([response.status, response.headers.get('accept')], [415, 'application/octet-stream'])
  })

  test('is asked for as it is read, and no more of it', async () => {
    let asked = 0
    const body = new ReadableStream({
      pull: (controller) => {
        asked++
        controller.enqueue(new Uint8Array(1000))
        if (asked === 150) controller.close()
      },
    })
    const response = await send('/scales', body, 'application/octet-stream')
    assert.equal(response.status, 413)
    assert.equal(asked, 150, 'the rest is discarded')
  })
})
