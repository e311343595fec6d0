import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { RequestScope } from '../../definition/resource.ts'
import { ServiceError } from '../../definition/service-error.ts'
import type { Breaker } from './breaker.ts'
import type { RetryBudget } from './retry-budget.ts'
import { send } from './send.ts'
import { type OutgoingRequest, toOutgoingRequest, type UpstreamCall } from './upstream-call.ts'
import type { UpstreamSettings } from './upstream-config.ts'
import { BadReply, isUpstreamFailure, Unavailable } from './upstream-error.ts'
import { outcomeOf, type UpstreamMeters } from './upstream-meters.ts'

export interface UpstreamParts {
  /** The resource's name, for messages. */
  name: string
  url: URL
  settings: UpstreamSettings
  /** The time of one try. */
  tryMilliseconds: number
  budget: RetryBudget
  breaker: Breaker
  meters: UpstreamMeters
}

/** A call on its way through its tries. */
interface Attempted<Reply> {
  request: OutgoingRequest
  response: z.ZodType<Reply>
  /** On the clock of `performance.now`. */
  deadlineAt: number
  signal: AbortSignal | undefined
}

/** What is left of a request's time for its own answer. */
export const MARGIN_MILLISECONDS = 100
/** The longest pause before the second try; doubled for each one after. */
const FIRST_PAUSE_MILLISECONDS = 100
const LONGEST_PAUSE_MILLISECONDS = 1000
/** How long a client is asked to wait, at least: `Retry-After` has no smaller unit. */
const RETRY_AFTER_SECONDS = 1
/** Envoy's field for how long the caller waits, which service meshes know. */
const DEADLINE_FIELD = 'x-envoy-expected-rq-timeout-ms'

/**
 * A service that is somebody else's, as handlers see it. A call is bounded in every direction: time, tries, size, and how much of it there is.
 *
 * @throws {ServiceError} `upstream_unavailable` (503, with `Retry-After`) when it can't be had, `bad_upstream_reply` (502) when its reply is none
 */
export class Upstream {
  readonly #parts: UpstreamParts
  readonly #scope: RequestScope | undefined

  constructor(parts: UpstreamParts, scope?: RequestScope) {
    this.#parts = parts
    this.#scope = scope
  }

  /** Calls it, and again where that can help, and returns its reply. */
  async call<Reply>(call: UpstreamCall<Reply>): Promise<Reply> {
    const { name, url, meters } = this.#parts
    const attempted: Attempted<Reply> = {
      request: toOutgoingRequest(url, call),
      response: call.response,
      deadlineAt: this.#deadlineOf(call),
      signal: (call.within ?? this.#scope)?.signal,
    }
    try {
      const reply = await this.#callUntilDone(attempted)
      meters.countCall('ok')
      return reply
    } catch (error) {
      meters.countCall(outcomeOf(error))
      throw toServiceError(name, error)
    }
  }

  async #callUntilDone<Reply>(attempted: Attempted<Reply>): Promise<Reply> {
    const { settings, breaker, meters } = this.#parts
    const { request, deadlineAt, signal } = attempted
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted()
      const time = deadlineAt - performance.now()
      if (time <= 0) throw new Unavailable('deadline')
      if (meters.active >= settings.CONCURRENCY) throw new Unavailable('saturated')
      try {
        return await breaker.run(() => this.#try(attempted, attempt, time))
      } catch (error) {
        const pause = pauseAfter(error, attempt)
        if (attempt >= settings.ATTEMPTS || performance.now() + pause >= deadlineAt || !this.#mayRepeat(request, error)) throw error
        await sleep(pause, undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
      }
    }
  }

  /** Whether another try can help, does no harm, and is within the budget. */
  #mayRepeat({ isIdempotent }: OutgoingRequest, error: unknown): boolean {
    const { budget, meters } = this.#parts
    if (!isUpstreamFailure(error) || (error.kind !== 'refused' && !isIdempotent)) return false
    const isAllowed = budget.take()
    meters.countRetry(isAllowed)
    return isAllowed
  }

  #try<Reply>({ request, response, signal }: Attempted<Reply>, attempt: number, time: number): Promise<Reply> {
    const { settings, tryMilliseconds, budget, meters } = this.#parts
    if (attempt === 1) budget.countRequest()
    const timeoutMilliseconds = Math.min(tryMilliseconds, time)
    const observed = meters.observe(request, attempt)
    const { onStatus } = observed
    const work = () =>
      meters.measure(observed, async () => {
        // Made here, where the span of this try is the current one.
        const headers = this.#headersOf(timeoutMilliseconds)
        try {
          return parse(response, await send({ request, headers, timeoutMilliseconds, signal, maxBytes: settings.MAX_RESPONSE_BYTES, onStatus }))
        } catch (error) {
          const isHurried = error instanceof Unavailable && error.kind === 'timeout' && timeoutMilliseconds < tryMilliseconds / 2
          throw isHurried ? new Unavailable('deadline') : error
        }
      })
    return this.#scope ? this.#scope.span(request.method, work, { kind: 'client', attributes: observed.attributes }) : work()
  }

  #headersOf(timeoutMilliseconds: number): Record<string, string> {
    const scope = this.#scope
    return {
      [DEADLINE_FIELD]: String(Math.max(1, Math.floor(timeoutMilliseconds))),
      ...(scope && { traceparent: scope.traceparent, 'x-request-id': scope.requestId }),
      ...(scope?.tracestate !== undefined && { tracestate: scope.tracestate }),
    }
  }

  /** On the clock of `performance.now`. */
  #deadlineOf({ within }: UpstreamCall<unknown>): number {
    const remaining = (within ?? this.#scope)?.remainingTime ?? Number.POSITIVE_INFINITY
    return performance.now() + Math.min(this.#parts.settings.TOTAL_TIMEOUT * 1000, remaining - MARGIN_MILLISECONDS)
  }
}

function parse<Reply>(schema: z.ZodType<Reply>, data: unknown): Reply {
  const { success, data: reply, error } = schema.safeParse(data)
  if (success) return reply
  // By path and code alone: a message of the schema's own may quote the reply.
  const issues = error.issues.slice(0, 5).map(({ path, code }) => `${path.join('.') || 'the whole'}: ${code}`)
  throw new BadReply(`It answered with JSON of another shape (${issues.join(', ')}).`)
}

/** Full jitter, so that callers that failed together don't come back together; and never before the upstream wants it. */
function pauseAfter(error: unknown, attempt: number): number {
  const longest = Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1))
  const wanted = error instanceof Unavailable ? (error.retryAfter ?? 0) : 0
  return wanted + Math.random() * longest
}

function toServiceError(name: string, error: unknown): unknown {
  if (error instanceof BadReply) return new ServiceError('bad_upstream_reply', `The reply of ${name} can't be used.`, { cause: error })
  if (!(error instanceof Unavailable)) return error
  const retryAfter = Math.max(RETRY_AFTER_SECONDS, (error.retryAfter ?? 0) / 1000)
  return new ServiceError('upstream_unavailable', `${name} is not available.`, { retryAfter, cause: error })
}
