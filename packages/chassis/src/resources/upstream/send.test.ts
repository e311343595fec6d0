import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { send } from './send.ts'
import { toOutgoingRequest, type UpstreamCall } from './upstream-call.ts'

/** A server that answers each request by `answer`, byte for byte. */
async function listen(answer: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  let opened = 0
  const server = createServer((socket) => {
    opened++
    sockets.add(socket)
    socket.on('data', () => answer(socket)).on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }).listen(0)
  await once(server, 'listening')
  const address = server.address()
  const url = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/base/`)
  return {
    url,
    opened: () => opened,
    sockets,
    [Symbol.dispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const head = (length: number, more = '') => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`
const response = z.unknown()

function sendTo(
  url: URL,
  { call = {}, ...more }: { call?: Partial<UpstreamCall<unknown>>; signal?: AbortSignal; timeoutMilliseconds?: number } = {},
) {
  const request = toOutgoingRequest(url, { response, ...call })
  return send({
    request,
    headers: {},
    timeoutMilliseconds: 1000,
    signal: undefined,
    maxBytes: 1000,
    maxRetryAfter: 30_000,
    onStatus: () => {},
    ...more,
  })
}

describe('one try', () => {
  test('refuses a packed reply before any of it is unpacked', async () => {
    // 64 MB of spaces, in 64 KB.
    const packed = gzipSync(Buffer.alloc(64_000_000, ' '))
    using server = await listen((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`)
      socket.write(packed)
    })
    await assert.rejects(sendTo(server.url), { name: 'BadReply', message: 'It answered with a packed body, though identity was asked for.' })
    const before = process.memoryUsage().rss
    await Promise.all(Array.from({ length: 20 }, () => assert.rejects(sendTo(server.url), { name: 'BadReply' })))
    const grown = process.memoryUsage().rss - before
    assert.ok(grown < 100_000_000, `${grown} bytes`)
  })

  test('heeds what an error says, packed or without an end', async () => {
    for (const [fields, body] of [
      ['Content-Length: 100\r\n', 'x'],
      ['Content-Encoding: gzip\r\nContent-Length: 100\r\n', 'x'],
    ]) {
      using server = await listen((socket) => socket.write(`HTTP/1.1 503 No\r\nRetry-After: 20\r\n${fields}\r\n${body}`))
      const startedAt = performance.now()
      await assert.rejects(sendTo(server.url), { name: 'Unavailable', kind: 'status', retryAfter: 20_000 })
      assert.ok(performance.now() - startedAt < 500)
      await sleep(50)
      assert.equal(server.sockets.size, 0)
    }
  })

  test('ends an endless reply at the limit, and its connection', async () => {
    let written = 0
    using server = await listen(async (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n')
      for (; !socket.destroyed && written < 1e8; written += 65536) {
        if (!socket.write(`10000\r\n${'x'.repeat(65536)}\r\n`)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
      }
    })
    await assert.rejects(sendTo(server.url), { name: 'BadReply' })
    await sleep(100)
    assert.equal(server.sockets.size, 0)
    assert.ok(written < 1e8, `${written} bytes`)
  })

  test('that drips its reply ends in time, as one that never comes does', async () => {
    using server = await listen(async (socket) => {
      socket.write(head(900))
      for (let byte = 0; byte < 100 && !socket.destroyed; byte++) {
        socket.write(' ')
        await sleep(10)
      }
    })
    const startedAt = performance.now()
    await assert.rejects(sendTo(server.url, { timeoutMilliseconds: 100 }), { kind: 'timeout' })
    assert.ok(performance.now() - startedAt < 300)
    await sleep(50)
    assert.equal(server.sockets.size, 0)
  })

  test('is not sent for a caller that is gone, and throws what the caller was aborted with', async () => {
    using server = await listen(() => {})
    const reason = new Error('gone')
    await assert.rejects(sendTo(server.url, { signal: AbortSignal.abort(reason) }), reason)
    assert.equal(server.opened(), 0)
    const abort = new AbortController()
    setTimeout(() => abort.abort(reason), 20)
    await assert.rejects(sendTo(server.url, { signal: abort.signal }), reason)
  })

  test('has no reply to read for HEAD and 204, and follows no redirect', async () => {
    using whole = await listen((socket) => socket.write(head(2)))
    assert.equal(await sendTo(whole.url, { call: { method: 'HEAD' } }), undefined)
    using none = await listen((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'))
    assert.equal(await sendTo(none.url, { call: { method: 'DELETE' } }), undefined)
    using redirect = await listen((socket) => socket.write('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'))
    await assert.rejects(sendTo(redirect.url), { message: 'It answered 302.' })
  })

  test('reads the body that a 205 should not have', async () => {
    using server = await listen((socket) => socket.write('HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nno'))
    for (let call = 0; call < 5; call++) assert.equal(await sendTo(server.url), undefined)
    assert.ok(server.opened() <= 2, `${server.opened()} connections`)
    using endless = await listen((socket) => socket.write('HTTP/1.1 205 Reset Content\r\nContent-Length: 100000\r\n\r\nno'))
    await assert.rejects(sendTo(endless.url), { name: 'BadReply' })
  })

  test('reuses its connection, also after an answer that is an error', async () => {
    let answers = 0
    using server = await listen((socket) => socket.write(answers++ % 2 ? 'HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno' : `${head(2)}{}`))
    for (let call = 0; call < 10; call++) await sendTo(server.url).catch(() => {})
    assert.equal(answers, 10)
    assert.ok(server.opened() <= 2, `${server.opened()} connections`)
  })
})

describe('a call of an upstream', () => {
  const base = new URL('https://example.com/base/')
  const urlOf = (call: Partial<UpstreamCall<unknown>>) => toOutgoingRequest(base, { response, ...call }).url.href

  test("goes to a path below the upstream's URL, and never out of it", () => {
    assert.equal(urlOf({}), 'https://example.com/base/')
    assert.equal(urlOf({ path: '/a/b', query: { q: 'x y&z' } }), 'https://example.com/base/a/b?q=x+y%26z')
    assert.equal(urlOf({ path: 'a?b#c' }), 'https://example.com/base/a%3Fb%23c')
    assert.equal(urlOf({ path: '//evil.example.com/' }), 'https://example.com/base//evil.example.com/')
    for (const path of ['../other', '/%2e%2e/other', 'a/../../other']) assert.throws(() => urlOf({ path }), /must not lead out/)
  })

  test('can be sent, or is refused before it is tried', () => {
    for (const call of [
      { method: 'TRACE' },
      { method: 'GET', json: 1 },
      { headers: { 'x y': '1' } },
      { headers: { x: 'a\nb' } },
      { headers: { 'Transfer-Encoding': 'chunked' } },
      { headers: { 'Accept-Encoding': 'gzip' } },
    ]) {
      assert.throws(() => urlOf(call as Partial<UpstreamCall<unknown>>), TypeError)
    }
  })

  test('may replace header fields, in any case of letters', () => {
    const { headers, method, isIdempotent } = toOutgoingRequest(base, { response, json: 1, headers: { 'Content-Type': 'application/x+json' } })
    assert.deepEqual([method, isIdempotent, headers['content-type']], ['POST', false, 'application/x+json'])
  })
})
