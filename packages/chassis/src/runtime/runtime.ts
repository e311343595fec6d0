import type { Registry } from 'prom-client'
import type { SqliteFile } from './sqlite.ts'

/** The header fields as the runtime parsed them, names in lower case, where it has such an object: reading it is cheaper than the web's Headers. */
export type RawHeaders = Readonly<Record<string, string | string[] | undefined>>

export interface ServeOptions {
  port: number
  /** @default all interfaces, IPv6 and IPv4 */
  hostname?: string
  fetch(request: Request, rawHeaders?: RawHeaders, path?: string): Response | Promise<Response>
  /** Paths without parameters. A runtime whose server finds them by itself hands them to `fetch`, which need not make a text of the URL then. */
  staticPaths: readonly string[]
  limits: ServeLimits
  /** The body, application/problem+json, of an answer to what is not well-formed HTTP: the runtime's parser refuses it before there is a request. */
  protocolProblem(status: 400 | 408 | 431): string
}

export interface ServeLimits {
  /** A larger request head is a 431. */
  maxHeaderBytes: number
  /** Seconds that an idle connection stays open. */
  keepAliveTimeout: number
  /** Seconds in which a request's head must arrive. */
  headerTimeout: number
}

export interface Listener {
  readonly port: number
  /** Accepts no new connections, closes idle ones, and resolves when the last request has been answered. */
  stop(): Promise<void>
  /** Closes every connection, answered or not. */
  destroy(): Promise<void>
}

/**
 * Makes a response with constant header fields and `more`, which replace them, and does no more work than that.
 *
 * @throws {TypeError} when one of `more` is no valid header field; it may come from anywhere
 */
export type Responder = (body: string | null, status: number, more?: Readonly<Record<string, string>>) => Response

export interface Post {
  headers: Readonly<Record<string, string>>
  body: Uint8Array<ArrayBuffer>
  signal: AbortSignal
}

/** What of an answer matters to a sender of telemetry. */
export interface PostAnswer {
  status: number
  /** The header field, as it came. */
  retryAfter: string | undefined
}

/** What differs between Node and Bun. `#runtime` in package.json picks the file that fits. */
export interface Runtime {
  /** `node 24.21.0`, `bun 1.4.5` */
  readonly version: string
  /** @throws {ListenError} when the port can't be had. */
  serve(options: ServeOptions): Promise<Listener>
  /** Prepares responses whose header fields are the same each time, in the form that costs the runtime least. */
  createResponder(headers: Readonly<Record<string, string>>): Responder
  /** Opens an SQLite file, and makes it where there is none. */
  openSqlite(path: string): Promise<SqliteFile>
  /** The web's `fetch`, which unpacks nothing of a body that nobody has begun to read. */
  fetch(url: URL, init: RequestInit): Promise<Response>
  /** Sends bytes over a connection that is kept, at the least cost. Rejects when no answer comes. */
  post(url: string, post: Post): Promise<PostAnswer>
  /** Adds metrics of process, event loop, garbage collection and heap. Returns what ends their collection. */
  collectRuntimeMetrics(registry: Registry): () => void
}

/** Thrown when a port can't be listened on; the message says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly port: number

  constructor(port: number, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code
    super(
      code === 'EADDRINUSE'
        ? `Port ${port} is taken; stop what listens there, or choose another port.`
        : `Port ${port} can't be listened on: ${(cause as Error).message}`,
      { cause },
    )
    this.port = port
  }
}
