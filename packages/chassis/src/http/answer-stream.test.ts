import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { warehouse } from '../../../../test/fixtures/warehouse.ts'
import { rawRequest } from '../../../../test/raw-request.ts'
import { type StartedProcess, startProcess } from '../../../../test/start-process.ts'
import { type TestedService, testService } from '../testing.ts'

interface Crate {
  id: number
  label: string
}

/** A hundred of these are far more than one block, and than what sockets hold. */
const LARGE = 'length=100000'

describe('an answer that is written item by item', () => {
  let service: TestedService
  before(async () => {
    service = await testService(warehouse)
  })
  after(() => service.stop())

  const get = (query: string, init?: RequestInit) => service.request(`/crates?${query}`, init)
  const openCursors = () => service.metric('warehouse_open_cursors')

  for (const count of [0, 1, 10, 5000]) {
    test(`is a JSON array (${count})`, async () => {
      const response = await get(`count=${count}`)
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/json'])
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
      const crates = (await response.json()) as Crate[]
      assert.equal(crates.length, count)
      assert.deepEqual(crates.at(-1), count === 0 ? undefined : { id: count, label: 'xxxxxxxxxx' })
      assert.equal(await openCursors(), 0)
    })
  }

  test('has the header fields of a reply, and is 304 where they say that it is known', async () => {
    for (const count of [1, 5000]) {
      const response = await get(`as=reply&count=${count}`, { headers: { 'x-request-id': 'r-1', 'accept-encoding': 'gzip' } })
      const { headers } = response
      assert.deepEqual([headers.get('etag'), headers.get('x-count'), headers.get('x-request-id')], ['"all"', String(count), 'r-1'])
      assert.equal(headers.get('content-encoding'), null)
      await response.json()
    }
    const known = await get('as=reply&count=5000', { headers: { 'if-none-match': '"all"' } })
    assert.deepEqual([known.status, await known.text()], [304, ''])
  })

  test('is a problem when it fails before its first block', async () => {
    const response = await get('failsAt=1')
    assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [404, 'not_found'])
    assert.equal((await get('failsAt=3')).status, 500)
    assert.equal(await openCursors(), 0)
  })

  test('whose header fields are none is a problem, and lets go of its items', async () => {
    assert.equal((await get('as=split')).status, 500)
    assert.equal((await get(`as=split&count=100&${LARGE}`)).status, 500)
    assert.equal(await openCursors(), 0)
  })

  test('is broken off when it fails later, and told of once', async () => {
    const before = service.logs.length
    const response = await get('count=5000&failsAt=4000')
    assert.equal(response.status, 200)
    await assert.rejects(response.text())
    await sleep(1)
    const [told, access, ...others] = service.logs.slice(before)
    assert.deepEqual(others, [])
    assert.match(String(told?.['exception.stacktrace']), /broke off[\s\S]*Caused by: Error: the shelf broke/)
    assert.deepEqual([access?.message, access?.level], ['GET /crates 500', 'error'])
    const span = service.spans.findLast(({ name }) => name === 'GET /crates')
    assert.deepEqual([span?.isError, span?.attributes['http.response.status_code'], span?.events.length], [true, 500, 1])
    assert.equal(await openCursors(), 0)
  })

  test('lets go of its items when the client has had enough', async () => {
    const before = service.logs.length
    const response = await get(`count=1000&${LARGE}`)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    assert.equal(await openCursors(), 1)
    await reader.cancel()
    await sleep(1)
    assert.equal(await openCursors(), 0)
    assert.deepEqual(
      service.logs.slice(before).map(({ message }) => message),
      ['GET /crates 200'],
    )
  })

  test('to a HEAD is its head', async () => {
    const response = await get(`as=reply&count=1000&${LARGE}`, { method: 'HEAD' })
    assert.deepEqual([response.status, response.headers.get('x-count')], [200, '1000'])
    assert.equal(await openCursors(), 0)
    assert.equal((await get('failsAt=1', { method: 'HEAD' })).status, 404)
  })

  test('is in flight until its end', async () => {
    const response = await get(`count=100&${LARGE}`)
    const logged = service.logs.length
    assert.equal(await service.metric('http_server_active_requests'), 1)
    await response.text()
    assert.equal(await service.metric('http_server_active_requests'), 0)
    assert.equal(service.logs.length, logged + 1)
  })

  test('in a test, is checked item by item', async () => {
    const response = await get('count=5000&as=nonsense')
    assert.equal(response.status, 500)
    assert.match(
      String(service.logs.findLast((line) => line['exception.message'])?.['exception.message']),
      /gave an item what its response schema refuses/,
    )
    assert.equal(await openCursors(), 0)
  })
})

test('the limit of requests at once counts answers that are being written', async () => {
  const service = await testService(warehouse, { environment: { MAX_CONCURRENT_REQUESTS: '1' } })
  const first = await service.request(`/crates?count=100&${LARGE}`)
  assert.equal((await service.request('/crates')).status, 503)
  await first.text()
  await sleep(1)
  assert.equal((await service.request('/crates')).status, 200)
  await service.stop()
})

describe('an answer that is written item by item, over a connection', () => {
  let started: StartedProcess
  before(async () => {
    started = await startProcess('test/fixtures/warehouse-main.ts')
  })
  after(() => started.kill('SIGKILL'))

  const head = (query: string) => `GET /crates?${query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`
  const residentMegabytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${started.child.pid}/status`, 'utf8'))?.[1]) / 1024
  const metrics = async () => (await fetch(`${started.url}/metrics`)).text()

  /** A client that has asked and does not read. */
  function ask(query: string): Socket {
    const socket = connect(started.port, '127.0.0.1').pause()
    socket.on('error', () => {})
    socket.write(head(query))
    return socket
  }

  async function isReleased(): Promise<boolean> {
    const text = await metrics()
    return /\nwarehouse_open_cursors 0\n/.test(text) && /\nhttp_server_active_requests 0\n/.test(text)
  }

  async function assertReleasedWithin(milliseconds: number): Promise<void> {
    const startedAt = performance.now()
    while (!(await isReleased())) {
      assert.ok(performance.now() - startedAt < milliseconds, `still held after ${milliseconds} ms`)
      await sleep(20)
    }
  }

  test('100 MB are never in memory together, and arrive whole', async () => {
    await (await fetch(`${started.url}/crates?count=500&${LARGE}`)).text()
    const before = residentMegabytes()
    const response = await fetch(`${started.url}/crates?count=1000&${LARGE}`)
    let [length, most, last] = [0, before, 0]
    for await (const block of response.body as ReadableStream<Uint8Array>) {
      length += block.length
      most = Math.max(most, residentMegabytes())
      last = block.at(-1) ?? 0
    }
    assert.equal(length, 1000 * 100_000 + JSON.stringify(Array.from({ length: 1000 }, (_, index) => ({ id: index + 1, label: '' }))).length)
    assert.equal(last, ']'.charCodeAt(0))
    assert.ok(most - before < 50, `resident memory grew from ${before} MB to ${most} MB`)
  })

  test('a client that does not read is not written for, and is cut off at the deadline', async () => {
    const before = residentMegabytes()
    const sockets = Array.from({ length: 10 }, () => ask(`count=10000&${LARGE}`))
    await sleep(1000)
    assert.ok(residentMegabytes() - before < 50, `resident memory grew from ${before} MB to ${residentMegabytes()} MB`)
    assert.match(await metrics(), /\nwarehouse_open_cursors 10\n/)
    await assertReleasedWithin(6000)
    for (const socket of sockets) socket.destroy()
  })

  test('a client that reads later gets it whole', async () => {
    const socket = ask(`count=100&${LARGE}`)
    await sleep(500)
    let answer = ''
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text
    })
    socket.resume()
    await closed
    assert.ok(answer.length > 10_000_000 && answer.endsWith(']\r\n0\r\n\r\n'))
  })

  for (const [what, query] of [
    ['while its items are awaited', `count=1000&milliseconds=100&${LARGE}`],
    ['while it does not read', `count=10000&${LARGE}`],
  ] as const) {
    test(`a client that goes away ${what} costs nothing more`, async () => {
      const socket = ask(query)
      await sleep(500)
      assert.ok(!(await isReleased()))
      socket.destroy()
      await assertReleasedWithin(1500)
    })
  }

  test('an error in the midst of it ends the connection without the end of the answer', async () => {
    const answer = await rawRequest(started.port, head('count=5000&length=1000&failsAt=4000'), 5000)
    assert.match(answer, /^HTTP\/1.1 200/)
    assert.ok(!answer.endsWith('0\r\n\r\n') && !answer.includes('"}]'))
    assert.doesNotMatch(answer, /shelf|Error/)
    await sleep(200)
    assert.equal(started.logs().filter((line) => String(line['exception.stacktrace']).includes('the shelf broke')).length, 1)
    assert.equal(started.stderr(), '')
  })

  test('so does the deadline', async () => {
    await assert.rejects(fetch(`${started.url}/crates?count=1000&milliseconds=100&${LARGE}`).then((response) => response.text()))
    await assertReleasedWithin(1000)
    await sleep(200)
    assert.ok(started.logs().some((line) => line.message === 'GET /crates 504'))
  })

  test('a HEAD has no length, for nobody knows it', async () => {
    const answer = await rawRequest(started.port, head(`count=100&${LARGE}`).replace('GET', 'HEAD'), 5000)
    assert.match(answer, /^HTTP\/1.1 200/)
    assert.doesNotMatch(answer, /content-length/i)
    assert.ok(answer.endsWith('\r\n\r\n'))
  })

  test('others are answered meanwhile', async () => {
    // A gigabyte, which takes seconds on any machine.
    const socket = ask(`count=10000&${LARGE}`).resume()
    let isOver = false
    socket.on('close', () => {
      isOver = true
    })
    for (let count = 0; count < 5; count++) assert.equal((await fetch(`${started.url}/crates?count=1`)).status, 200)
    assert.ok(!isOver)
    socket.destroy()
  })

  test('a stop waits for its end', async () => {
    const answer = fetch(`${started.url}/crates?count=20&milliseconds=50&${LARGE}`).then((response) => response.json() as Promise<Crate[]>)
    await sleep(400)
    started.kill('SIGTERM')
    assert.equal((await answer).length, 20)
    assert.equal(await started.ended, 0)
  })
})
