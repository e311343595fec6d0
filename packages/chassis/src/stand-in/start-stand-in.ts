import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, breakConnection, type Fault, faultyAnswer, parseFault } from './fault.ts'

/** A call as it came; the body is undefined where it is larger than 1 MiB. */
export interface StandInCall {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string | undefined
}

export interface StandInOptions {
  /** One line on what it stands in for. */
  about: string
  /** What the real one would answer. */
  answer(call: StandInCall): Answer
  /** @default any free one */
  port?: number
  /** Milliseconds after which an idle connection is closed; 0 leaves it open. @default 5000 */
  keepAlive?: number
}

/** A server that stands in for somebody else's: it answers as that one does, and fails as it is told. */
export interface StandIn {
  readonly url: string
  readonly port: number
  /** How often it has been called. */
  calls(): number
  /** How many connections are open. */
  connections(): number
  /** The header fields of the last call. */
  lastHeaders(): Readonly<Record<string, unknown>>
  /** Replaces the fault by another one; without one, all is well. */
  set(fault?: Fault): void
  /** Closes all connections, too. */
  close(): Promise<void>
}

const ADMIN_PATH = '/stand-in'
const HELP = `PUT ${ADMIN_PATH} makes it fail, GET ${ADMIN_PATH} tells how often it was called.\n`
const MAX_BODY_BYTES = 1_048_576
/** Of a body that is too large no more than that is read. */
const ENDLESS_BODY_BYTES = 16 * MAX_BODY_BYTES
const SLOW_MILLISECONDS = 2000

/**
 * Starts a stand-in for somebody else's service, for development and tests. `PUT /stand-in` with a fault, or `set`, makes it fail.
 *
 * @throws the error of `listen`, when the port can't be had.
 * @example startStandIn({ about: 'The tide.', answer: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"metres": 2}' }) })
 */
export async function startStandIn({ about, answer, port = 0, keepAlive = 5000 }: StandInOptions): Promise<StandIn> {
  let fault: Fault = {}
  let calls = 0
  let lastHeaders = {}
  const sockets = new Set<Socket>()
  const ending = new AbortController()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    const { method = '', url = '/', headers: fields, socket } = request
    const answered = await respond({ method, path: url.split('?', 1)[0] ?? '', headers: fields, body }, socket)
    if (!answered) return
    const { status, headers, body: text } = answered
    response.writeHead(status, { 'content-length': Buffer.byteLength(text), ...headers }).end(text)
  }

  /** Undefined where the connection is broken instead. */
  async function respond(call: StandInCall, socket: Socket): Promise<Answer | undefined> {
    if (call.path === '/') return plainAnswer(200, `${about} ${HELP}`)
    if (call.path === ADMIN_PATH) return administer(call)
    calls++
    lastHeaders = call.headers
    const current = takeFault()
    if (current.fault === 'slow') await sleep(current.delay ?? SLOW_MILLISECONDS, undefined, { signal: ending.signal })
    if (breakConnection(current, socket)) return undefined
    return faultyAnswer(current) ?? answer(call)
  }

  function takeFault(): Fault {
    const current = fault
    if (fault.times !== undefined) fault = fault.times > 1 ? { ...fault, times: fault.times - 1 } : {}
    return current
  }

  function administer({ method, body = '' }: StandInCall): Answer {
    if (method !== 'PUT' && method !== 'GET') return plainAnswer(405, 'Use GET or PUT.', { allow: 'GET, PUT' })
    try {
      if (method === 'PUT') fault = parseFault(JSON.parse(body))
    } catch (error) {
      return plainAnswer(400, error instanceof TypeError ? error.message : 'The body must be JSON.')
    }
    const state = { calls, connections: sockets.size, fault: 'none', ...fault }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(state) }
  }

  const server = createServer({ keepAliveTimeout: keepAlive, keepAliveTimeoutBuffer: 0, requestTimeout: 10_000 }, (request, response) => {
    // What fails here is a connection that is gone.
    handle(request, response).catch(() => request.socket.destroy())
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const actualPort = typeof address === 'object' && address ? address.port : port
  return {
    url: `http://127.0.0.1:${actualPort}`,
    port: actualPort,
    calls: () => calls,
    connections: () => sockets.size,
    lastHeaders: () => lastHeaders,
    set(next = {}) {
      fault = next
    },
    async close() {
      ending.abort()
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** To its end, so that the answer is not lost; undefined where it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length <= MAX_BODY_BYTES) chunks.push(chunk)
    else if (length > ENDLESS_BODY_BYTES) request.destroy()
  }
  return length > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8')
}

/** What is no JSON. */
export function plainAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body }
}
