import assert from 'node:assert/strict'
import { after } from 'node:test'
import { type Service, startService } from '@slipway/chassis'
import { type DatabaseKind, freshDatabase } from './databases/databases.ts'
import { freePort } from './start-process.ts'

/** What an answer is in a test: parsed where it is JSON, and known to be no failure of the service. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in it.
  readonly body: any
}

export interface Sent {
  headers?: Record<string, string>
  /** Bytes and text are sent as they are, anything else as JSON. */
  body?: unknown
}

/** A service that listens on a port of its own, in the process of the test. */
export interface OpenService {
  readonly port: number
  readonly logs: readonly Record<string, unknown>[]
  send(method: string, path: string, sent?: Sent): Promise<Answer>
  close(): Promise<void>
}

/** One that has a database of its own. */
export interface OpenServiceWithDatabase extends OpenService {
  readonly databaseUrl: string
}

/** Starts a service as `main.ts` would, on a free port. */
export async function openService(service: Service, environment: Record<string, string>): Promise<OpenService> {
  const port = await freePort()
  const logs: Record<string, unknown>[] = []
  const writer = { write: (line: string) => void logs.push(JSON.parse(line)), flush: () => {} }
  const running = await startService(service, { environment: { PORT: String(port), REQUEST_DEADLINE: '60', ...environment }, writer })
  await running.ready
  return {
    port,
    logs,
    send: (method, path, sent) => send(`http://127.0.0.1:${port}${path}`, method, sent),
    close: async () => void (await running.stop()),
  }
}

/**
 * A service on a database of its own, for the tests of the suite that this is called in. It opens when the first of them asks for it,
 * for a hook may have less time than that takes.
 *
 * @param prepare What is to be done with the empty database before.
 */
export function useService(service: Service, kind: DatabaseKind, prepare = async (_url: string) => {}): () => Promise<OpenServiceWithDatabase> {
  let opened: Promise<OpenServiceWithDatabase> | undefined
  after(async () => (await opened)?.close())
  const open = async () => {
    const { url, drop } = await freshDatabase(kind)
    await prepare(url)
    const running = await openService(service, { DATABASE_URL: url })
    const close = async () => {
      await running.close()
      await drop()
    }
    return { ...running, databaseUrl: url, close }
  }
  return () => {
    opened ??= open()
    return opened
  }
}

async function send(url: string, method: string, { headers = {}, body }: Sent = {}): Promise<Answer> {
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: (isRaw ? body : JSON.stringify(body)) as RequestInit['body'] }),
    // What is sent as a stream is sent before the answer is read.
    duplex: 'half',
  } as RequestInit)
  const answer = { status: response.status, headers: response.headers, body: parsed(response.headers, await response.text()) }
  if (answer.status >= 400) checkProblem(answer)
  return answer
}

function parsed(headers: Headers, text: string): unknown {
  return /json/.test(headers.get('content-type') ?? '') ? JSON.parse(text) : text
}

/** What must never be in an answer: words of databases and of the code. */
const INTERNAL = /sqlite|postgres|mysql|mariadb|kysely|syntax error|constraint|sqlstate|errno|node_modules|\.ts\b|zod/i

/** Every error that a client brings about is a problem (RFC 9457), and tells nothing of the inside. */
export function checkProblem({ status, headers, body }: Answer): void {
  assert.ok(status < 500, `${status}: ${JSON.stringify(body)}`)
  assert.equal(headers.get('content-type'), 'application/problem+json')
  assert.equal(body.status, status)
  assert.match(body.code, /^[a-z_]+$/)
  assert.match(body.detail, /\.$/)
  assert.doesNotMatch(JSON.stringify(body), INTERNAL)
}

/** Asserts status and code of a problem. */
export function assertProblem(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body))
}
