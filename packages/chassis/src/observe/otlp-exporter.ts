import { setTimeout as sleep } from 'node:timers/promises'
import { runtime } from '#runtime'
import type { EndedSpan, SpanAttributes, SpanSink } from './span.ts'
import { TraceEncoder } from './trace-encoder.ts'
import type { TracingOptions } from './tracing.ts'

export interface OtlpExporterOptions
  extends Pick<TracingOptions, 'exportTimeout' | 'maxQueueSize' | 'maxExportBatchSize' | 'scheduleDelay' | 'warn'> {
  url: string
  headers: () => Readonly<Record<string, string>>
  /** What the spans are of. */
  resource: SpanAttributes
}

/** Answers after which the same batch may be sent again (OTLP specification, OTLP/HTTP response). */
const RETRYABLE = new Set([429, 502, 503, 504])
const FIRST_PAUSE_MILLISECONDS = 500
/** How often, at most, a failing collector is complained about. */
const WARN_INTERVAL_MILLISECONDS = 60_000

/** Spans that wait for the collector, encoded. */
interface Batch {
  count: number
  body: Uint8Array<ArrayBuffer>
}

/** Sends spans to an OTLP/HTTP collector in batches, one at a time. Drops and counts what does not fit or can't be sent; never makes anybody wait. */
export class OtlpExporter implements SpanSink {
  readonly #options: OtlpExporterOptions
  readonly #closing = new AbortController()
  #isClosing = false
  readonly #encoder: TraceEncoder
  #batches: Batch[] = []
  /** Spans in the batches and in the encoder. */
  #waiting = 0
  #exported = 0
  #dropped = 0
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined
  #warnedAt = Number.NEGATIVE_INFINITY

  constructor(options: OtlpExporterOptions) {
    this.#options = options
    this.#encoder = new TraceEncoder(options.resource)
  }

  add(span: EndedSpan): void {
    const { maxQueueSize, maxExportBatchSize, scheduleDelay } = this.#options
    if (this.#waiting >= maxQueueSize) {
      this.#dropped++
      return
    }
    this.#waiting++
    this.#encoder.add(span)
    if (this.#encoder.count >= maxExportBatchSize) this.#send()
    else this.#timer ??= setTimeout(() => this.#send(), scheduleDelay).unref()
  }

  counts(): { exported: number; dropped: number } {
    return { exported: this.#exported, dropped: this.#dropped }
  }

  async close(timeoutMilliseconds: number): Promise<void> {
    this.#isClosing = true
    const timer = setTimeout(() => this.#closing.abort(), timeoutMilliseconds)
    while (this.#waiting > 0) await this.#send()
    clearTimeout(timer)
  }

  /** Closes the batch that spans are being written to, and sees to it that all are sent. */
  #send(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { count } = this.#encoder
    if (count > 0) this.#batches.push({ count, body: this.#encoder.take() })
    this.#sending ??= this.#sendBatches().finally(() => {
      this.#sending = undefined
    })
    return this.#sending
  }

  async #sendBatches(): Promise<void> {
    for (let batch = this.#batches.shift(); batch; batch = this.#batches.shift()) {
      const error = await this.#deliver(batch.body)
      this.#waiting -= batch.count
      if (error === undefined) this.#exported += batch.count
      else this.#drop(batch.count, error)
    }
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
      const { status, retryAfter } = await runtime.post(url, { headers: { ...headers(), 'content-type': 'application/x-protobuf' }, body, signal })
      if (status >= 200 && status <= 299) return {}
      const error = new Error(`The collector answered ${status}.`)
      return RETRYABLE.has(status) ? { error, retryAfter: Number(retryAfter ?? 0) * 1000 || 0 } : { error }
    } catch (error) {
      // At the end nobody waits for a collector that can't be reached; one that is busy gets its second chance.
      return this.#isClosing ? { error } : { error, retryAfter: 0 }
    }
  }
}
