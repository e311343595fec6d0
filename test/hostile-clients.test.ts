import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { rawGet, rawRequest, statusOf } from './raw-request.ts'
import { type StartedProcess, startProcess } from './start-process.ts'

const isBun = process.versions.bun !== undefined

function residentMegabytes({ child }: StartedProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
}

function problemOf(answer: string): { status: number; code: string; detail: string } {
  assert.match(answer, /content-type: application\/problem\+json/i)
  assert.doesNotMatch(answer, /node_modules|\.ts:| {4}at /, 'no stack trace')
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
  return JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as { status: number; code: string; detail: string }
}

describe('what hostile or broken clients send', () => {
  let workshop: StartedProcess
  before(async () => {
    workshop = await startProcess('test/fixtures/workshop-main.ts', {
      MAX_CONCURRENT_REQUESTS: '100',
      KEEP_ALIVE_TIMEOUT: '3',
      REQUEST_DEADLINE: '3',
    })
  })
  after(async () => {
    workshop.kill()
    assert.equal(await workshop.ended, 0, 'it has survived all of it')
  })

  test('64 KB of headers are 431', async () => {
    const answer = await rawRequest(workshop.port, `GET /motto HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(65_536)}\r\n\r\n`, 5000)
    assert.equal(statusOf(answer), 431)
    // Bun's parser answers this by itself, without a body.
    if (!isBun) assert.equal(problemOf(answer).code, 'too_many_headers')
  })

  test('12 KB of headers are within the limit', async () => {
    const answer = await rawRequest(workshop.port, `GET /motto HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Long: ${'x'.repeat(12_288)}\r\n\r\n`)
    assert.equal(statusOf(answer), 200)
  })

  for (const [what, bytes] of Object.entries({
    'no HTTP': 'hello\r\n\r\n',
    'no Host': 'GET / HTTP/1.1\r\n\r\n',
    'two lengths of a body': 'POST /things/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a NUL in a header': 'GET /motto HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n',
  })) {
    test(`${what} is refused with 400`, async () => assert.equal(statusOf(await rawRequest(workshop.port, bytes, 5000)), 400))
  }

  test('what a handler puts into a header field from its input can neither split the answer nor end the process', async () => {
    const quiet = await rawGet(workshop.port, '/echo/fine?as=reply')
    assert.match(quiet, /\r\nx-echo: fine\r\n/i)
    for (const [text, as] of [
      ['a%0d%0aset-cookie:b', 'error'],
      ['a%0d%0aset-cookie:b', 'reply'],
      ['a%0d%0aset-cookie:b', 'large'],
      ['%E2%82%AC', 'error'],
      ['%E2%82%AC', 'reply'],
      ['%E2%82%AC', 'large'],
      ['a', 'status'],
    ]) {
      const answer = await rawRequest(
        workshop.port,
        `GET /echo/${text}?as=${as} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
      )
      assert.equal(problemOf(answer).code, 'internal_error', `${text} as ${as}`)
      assert.doesNotMatch(answer, /set-cookie/i)
    }
  })

  test('a request without Host, or with one that is none, reaches the route of its path or is refused', async () => {
    for (const [head, path] of [
      ['HTTP/1.0\r\n', '/nothing'],
      ['HTTP/1.1\r\nHost: a@b\r\n', '/x/metrics'],
      ['HTTP/1.1\r\nHost: x/livez?\r\n', '/nothing'],
    ]) {
      const status = statusOf(await rawRequest(workshop.port, `GET ${path} ${head}Connection: close\r\n\r\n`, 5000))
      assert.ok([400, 404].includes(status), `${path} with ${head}: ${status}`)
    }
  })

  test('HEAD has the head of GET and no content', async () => {
    const answer = await rawRequest(workshop.port, 'HEAD /motto HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 5000)
    assert.match(answer, /^HTTP\/1\.1 200/)
    assert.doesNotMatch(answer, /content-length: 0\r\n/i)
    assert.ok(answer.endsWith('\r\n\r\n'), 'nothing follows the head')
  })

  test('a body of 20 MB is 413, and is not kept in memory', async () => {
    const before = residentMegabytes(workshop)
    const head = `POST /things/1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${20 * 1024 * 1024}\r\n\r\n`
    const bytes = Buffer.concat([Buffer.from(head), Buffer.alloc(20 * 1024 * 1024, 'x')])
    for (let client = 0; client < 5; client++) {
      const answer = await rawRequest(workshop.port, bytes, 1000)
      assert.deepEqual([problemOf(answer).status, problemOf(answer).code], [413, 'body_too_large'])
    }
    assert.ok(residentMegabytes(workshop) - before < 100, `resident memory grew from ${before} MB to ${residentMegabytes(workshop)} MB`)
  })

  test('malformed JSON, an unknown path and a wrong method are problems', async () => {
    const post = (body: string) =>
      `POST /things/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    assert.equal(problemOf(await rawRequest(workshop.port, post('{"name":'))).code, 'malformed_body')
    assert.equal(problemOf(await rawGet(workshop.port, '/nothing')).code, 'unknown_path')
    const refused = await rawRequest(workshop.port, 'POST /motto HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    assert.equal(problemOf(refused).code, 'method_not_allowed')
    assert.match(refused, /\r\nallow: GET, HEAD, OPTIONS\r\n/i)
  })

  test('slow loris: a head that drips in is not waited for, whatever keeps coming', async () => {
    const startedAt = performance.now()
    const closed = await new Promise<number>((resolve) => {
      const socket = connect(workshop.port, '127.0.0.1', () => socket.write('GET /motto HTTP/1.1\r\nHost: a\r\n'))
      const drip = setInterval(() => socket.write('X-Drop: 1\r\n'), 200)
      socket.on('error', () => {})
      socket.resume().on('close', () => {
        clearInterval(drip)
        resolve(performance.now() - startedAt)
      })
    })
    // Node is told 10 s; Bun gives up after 12 s of its own accord.
    assert.ok(closed < 15_000, `closed after ${Math.round(closed)} ms`)
  })

  test('a body that drips in is 408 at the deadline', async () => {
    const head = 'POST /things/1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
    assert.equal(problemOf(await rawRequest(workshop.port, head, 6000)).code, 'request_timeout')
  })

  test('a request that outlasts its deadline is 504', async () => {
    const startedAt = performance.now()
    assert.equal(problemOf(await rawGet(workshop.port, '/slow?milliseconds=20000')).code, 'deadline_exceeded')
    assert.ok(performance.now() - startedAt < 4000)
  })

  test('1,000 requests at once against a limit of 100: 100 are served, 900 told to come back', async () => {
    const before = residentMegabytes(workshop)
    const answers = await Promise.all(Array.from({ length: 1000 }, () => rawGet(workshop.port, '/slow?milliseconds=2000')))
    const refused = answers.filter((answer) => statusOf(answer) === 503)
    assert.equal(answers.filter((answer) => statusOf(answer) === 200).length, 100)
    assert.equal(refused.length, 900)
    assert.ok(refused.every((answer) => /\r\nretry-after: 1\r\n/i.test(answer) && problemOf(answer).code === 'overloaded'))
    assert.ok(residentMegabytes(workshop) - before < 100)
    await sleep(100)
    assert.equal(statusOf(await rawGet(workshop.port, '/slow?milliseconds=1')), 200)
  })

  test('probes are answered while the service is full', async () => {
    const full = Array.from({ length: 120 }, () => rawGet(workshop.port, '/slow?milliseconds=700'))
    await sleep(300)
    for (const path of ['/livez', '/readyz', '/metrics']) assert.equal(statusOf(await rawGet(workshop.port, path)), 200, path)
    await Promise.all(full)
  })

  test('clients that go away leave nothing behind', async () => {
    await Promise.all(Array.from({ length: 50 }, () => rawRequest(workshop.port, 'GET /slow?milliseconds=2500 HTTP/1.1\r\nHost: a\r\n\r\n', 100)))
    await sleep(3500)
    const metrics = await rawGet(workshop.port, '/metrics')
    assert.match(metrics, /\nhttp_server_active_requests 0\n/)
  })
})
