import { setImmediate as nextTurn } from 'node:timers/promises'
import { ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'
import { JsonBlocks } from './json-blocks.ts'

const streams = new WeakMap<Response, AnswerStream>()

/** What a response is written from while it is being sent; undefined for one that was whole when it was answered. */
export function answerStreamOf(response: Response): AnswerStream | undefined {
  return streams.get(response)
}

/** Tells of an error that comes when the head of the answer has been sent already. */
export type ErrorReporter = (exchange: Exchange, error: unknown) => void

/** An answer whose items are asked for while it is being sent, as fast as the client takes them. */
export class AnswerStream {
  readonly #exchange: Exchange
  readonly #blocks: JsonBlocks
  readonly #report: ErrorReporter
  readonly #outcome = Promise.withResolvers<number>()
  readonly #release = Promise.withResolvers<void>()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #status = 200
  #isOver = false

  constructor(exchange: Exchange, items: AsyncIterable<unknown>, report: ErrorReporter) {
    this.#exchange = exchange
    this.#blocks = new JsonBlocks(items)
    this.#report = report
    exchange.signal.addEventListener('abort', () => this.#abort(), { once: true })
  }

  /** Resolves at the end, to the status that log, metrics and trace get: that of the answer, or of the error that broke it off. */
  get outcome(): Promise<number> {
    return this.#outcome.promise
  }

  /** Resolves when the iterator has ended too, and with it all that it held. */
  get released(): Promise<void> {
    return this.#release.promise
  }

  /** The first block, and whether it is all. What is thrown here can become a problem still, for nothing has been sent. */
  async begin(): Promise<{ block: string; isWhole: boolean }> {
    this.#checkWanted()
    const block = await this.#blocks.next()
    this.#checkWanted()
    return { block, isWhole: this.#blocks.isDone }
  }

  #checkWanted(): void {
    const { signal, isAborted } = this.#exchange
    if (signal.aborted) throw isAborted ? signal.reason : new ServiceError('bad_request', 'The client went away before the answer.')
  }

  /** Ends it before anything was sent. Resolves when the iterator has let go of what it holds. */
  close(): Promise<void> {
    this.#isOver = true
    return this.#blocks.close()
  }

  /** Makes the response that the rest is sent with. */
  respond(block: string, status: number, headers: Readonly<Record<string, string>>): Response {
    this.#status = status
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
          controller.enqueue(Buffer.from(block))
        },
        pull: () => this.#pull(),
        cancel: (reason) => this.#leave(reason),
      },
      // Nothing is asked for ahead of the client.
      { highWaterMark: 0 },
    )
    const response = new Response(quiet(body), { status, headers: new Headers(headers) })
    streams.set(response, this)
    return response
  }

  async #pull(): Promise<void> {
    // Items that are there already would not let any other request have its turn until they were all sent.
    await nextTurn()
    if (this.#isOver) return
    try {
      const block = await this.#blocks.next()
      if (this.#isOver) return
      this.#controller?.enqueue(Buffer.from(block))
      if (this.#blocks.isDone) this.#complete()
    } catch (error) {
      this.#breakOff(error, 500)
    }
  }

  #complete(): void {
    this.#end(this.#status)
    this.#controller?.close()
  }

  #breakOff(cause: unknown, status: number): void {
    if (this.#isOver) return
    this.#report(this.#exchange, new Error('The answer broke off, and its connection was closed.', { cause }))
    this.#end(status)
    // An error is what makes both runtimes close the connection without the end of the body.
    this.#controller?.error(cause)
  }

  /** The client has gone. */
  #leave(reason: unknown): void {
    if (this.#isOver) return
    this.#end(this.#status)
    this.#exchange.abort(reason)
  }

  /** At the deadline, or when the client has gone. */
  #abort(): void {
    if (!this.#controller) void this.#blocks.close()
    else if (this.#exchange.isAborted) this.#breakOff(this.#exchange.signal.reason, 504)
    else this.#leave(this.#exchange.signal.reason)
  }

  #end(status: number): void {
    this.#isOver = true
    this.#outcome.resolve(status)
    void this.#blocks.close().then(this.#release.resolve)
  }
}

/** The adapter for Node prints what a stream ends with; it has been logged by then. */
function quiet(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { getReader } = body
  const getQuietReader = (...options: []) => {
    const reader = Reflect.apply(getReader, body, options)
    return Object.defineProperty(reader, 'closed', { value: reader.closed.catch(() => {}) })
  }
  return Object.assign(body, { getReader: getQuietReader })
}
