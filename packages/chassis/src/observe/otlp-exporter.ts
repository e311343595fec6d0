import { setTimeout as sleep } from 'node:timers/promises'
import { encodeTraces } from './encode-traces.ts'
import type { SpanAttributes, SpanRecord, SpanSink } from './span.ts'
import type { TracingOptions } from './tracing.ts'

export interface OtlpExporterOptions
  extends Pick<TracingOptions, 'exportTimeout' | 'maxQueueSize' | 'maxExportBatchSize' | 'scheduleDelay' | 'warn'> {
  url: string
  headers: Readonly<Record<string, string>>
  /** What the spans are of. */
  resource: SpanAttributes
}

/** Answers after which the same batch may be sent again (OTLP specification, OTLP/HTTP response). */
const RETRYABLE = new Set([429, 502, 503, 504])
const FIRST_PAUSE_MILLISECONDS = 500
/** How often, at most, a failing collector is complained about. */
const WARN_INTERVAL_MILLISECONDS = 60_000

/** Sends spans to an OTLP/HTTP collector in batches, one at a time. Drops and counts what does not fit or can't be sent; never makes anybody wait. */
export class OtlpExporter implements SpanSink {
  readonly #options: OtlpExporterOptions
  readonly #closing = new AbortController()
  #isClosing = false
  #queue: SpanRecord[] = []
  #exported = 0
  #dropped = 0
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined
  #warnedAt = Number.NEGATIVE_INFINITY

  constructor(options: OtlpExporterOptions) {
    this.#options = options
  }

  add(span: SpanRecord): void {
    const { maxQueueSize, maxExportBatchSize, scheduleDelay } = this.#options
    if (this.#queue.length >= maxQueueSize) {
      this.#dropped++
      return
    }
    this.#queue.push(span)
    if (this.#sending) return
    if (this.#queue.length >= maxExportBatchSize) this.#send()
    else this.#timer ??= setTimeout(() => this.#send(), scheduleDelay).unref()
  }

  counts(): { exported: number; dropped: number } {
    return { exported: this.#exported, dropped: this.#dropped }
  }

  async close(timeoutMilliseconds: number): Promise<void> {
    this.#isClosing = true
    const timer = setTimeout(() => this.#closing.abort(), timeoutMilliseconds)
    while (this.#queue.length > 0 || this.#sending) {
      this.#send()
      await this.#sending
    }
    clearTimeout(timer)
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#sending ??= this.#sendBatches().finally(() => {
      this.#sending = undefined
    })
  }

  async #sendBatches(): Promise<void> {
    const { maxExportBatchSize, resource } = this.#options
    do {
      const batch = this.#queue.splice(0, maxExportBatchSize)
      const error = await this.#deliver(encodeTraces(resource, batch))
      if (error === undefined) this.#exported += batch.length
      else this.#drop(batch.length, error)
    } while (this.#queue.length >= maxExportBatchSize)
    if (this.#queue.length > 0) this.#timer ??= setTimeout(() => this.#send(), this.#options.scheduleDelay).unref()
  }

  #drop(count: number, error: unknown): void {
    this.#dropped += count
    const now = performance.now()
    if (now - this.#warnedAt < WARN_INTERVAL_MILLISECONDS) return
    this.#warnedAt = now
    this.#options.warn('Traces could not be sent and were dropped; requests are served all the same', { 'spans.dropped': this.#dropped, error })
  }

  /** Undefined when the collector took the batch, else why it did not. */
  async #deliver(body: Uint8Array<ArrayBuffer>): Promise<unknown> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#options.exportTimeout)])
    for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause *= 2) {
      const { error, retryAfter } = await this.#attempt(body, signal)
      if (error === undefined || retryAfter === undefined || signal.aborted) return error
      try {
        await sleep(Math.max(retryAfter, pause / 2 + (Math.random() * pause) / 2), undefined, { signal })
      } catch {
        return error
      }
    }
  }

  /** `retryAfter`, in milliseconds, is undefined where trying again is of no use. */
  async #attempt(body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<{ error?: unknown; retryAfter?: number }> {
    try {
      const { url, headers } = this.#options
      const response = await fetch(url, { method: 'POST', body, signal, headers: { ...headers, 'content-type': 'application/x-protobuf' } })
      await response.arrayBuffer()
      if (response.ok) return {}
      const error = new Error(`The collector answered ${response.status}.`)
      return RETRYABLE.has(response.status) ? { error, retryAfter: Number(response.headers.get('retry-after') ?? 0) * 1000 || 0 } : { error }
    } catch (error) {
      // At the end nobody waits for a collector that can't be reached; one that is busy gets its second chance.
      return this.#isClosing ? { error } : { error, retryAfter: 0 }
    }
  }
}
