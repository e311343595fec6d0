import http, { createServer, type Server, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { collectCommonMetrics } from './default-metrics.ts'
import { ListenError, type Listener, type PostAnswer, type Runtime, type ServeOptions } from './runtime.ts'

type ProtocolError = Error & { code?: string }

export const runtime: Runtime = {
  version: `node ${process.versions.node}`,

  async serve(options) {
    const { fetch, limits, protocolProblem } = options
    const listener = getRequestListener((request, { incoming }) => fetch(request, incoming.headers), {
      errorHandler: () =>
        new Response(protocolProblem(400), { status: 400, headers: { 'content-type': 'application/problem+json', connection: 'close' } }),
    })
    const server = createServer(
      {
        maxHeaderSize: limits.maxHeaderBytes,
        // The adapter refuses a request without Host too, and with a problem.
        requireHostHeader: false,
        keepAliveTimeout: limits.keepAliveTimeout * 1000,
        headersTimeout: limits.headerTimeout * 1000,
        // A slow body is the request's deadline's business.
        requestTimeout: 0,
        connectionsCheckingInterval: 1000,
      },
      listener,
    )
    server.on('clientError', (error: ProtocolError, socket) => refuse(error, socket as Socket, protocolProblem))
    await listen(server, options)
    return toListener(server)
  },

  // A plain object: the adapter writes it as it is, and would have to walk through a Headers object.
  createResponder: (headers) => (body, status, more) => new Response(body, { status, headers: more ? withMore(headers, more) : { ...headers } }),

  // Loaded by services that have one: it takes its time to load.
  openSqlite: async (path) => (await import('./node-sqlite.ts')).openSqlite(path),

  fetch: (url, init) => fetch(url, init),

  // With `fetch`, a batch of spans costs Node three times as much.
  async post(url, { headers, body, signal }) {
    const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>()
    const { request } = url.startsWith('https:') ? https : http
    const posting = request(url, { method: 'POST', headers: { ...headers, 'content-length': body.length }, signal }, (response) => {
      const answer = { status: response.statusCode as number, retryAfter: response.headers['retry-after'] }
      // Read to its end, for only then is the connection kept.
      response
        .resume()
        .on('error', reject)
        .on('end', () => resolve(answer))
    })
    posting.on('error', reject).end(body)
    return promise
  },

  collectRuntimeMetrics(registry) {
    collectCommonMetrics(registry)
    return () => {}
  },
}

/** Checked here, for a field that is refused when the head is written would end the process. */
function withMore(headers: Readonly<Record<string, string>>, more: Readonly<Record<string, string>>): Record<string, string> {
  const all = { ...headers }
  for (const name in more) {
    const value = more[name] as string
    validateHeaderName(name)
    validateHeaderValue(name, value)
    all[name.toLowerCase()] = value
  }
  return all
}

function listen(server: Server, { port, hostname }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(port, error)))
    server.listen(port, hostname, () => resolve())
  })
}

/** Whoever has just connected is about to ask. */
const FRESH_MILLISECONDS = 500

function toListener(server: Server): Listener {
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  // Node takes a connection on which nothing was ever asked, as browsers and load balancers keep some, for one that is busy.
  const closeUnused = () => {
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
  }
  const closed = () =>
    new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve())
      else server.once('close', () => resolve())
    })
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      const done = closed()
      server.closeIdleConnections()
      setTimeout(closeUnused, FRESH_MILLISECONDS).unref()
      return done
    },
    async destroy() {
      const done = server.listening ? closed() : undefined
      server.closeAllConnections()
      await done
    },
  }
}

function refuse(error: ProtocolError, socket: Socket, protocolProblem: ServeOptions['protocolProblem']): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  const body = protocolProblem(status)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
