import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { RequestScope } from '../../definition/resource.ts'
import type { Breaker } from './breaker.ts'
import { type CallTimes, timesOf } from './call-times.ts'
import { parseReply } from './parse-reply.ts'
import type { Rest } from './rest.ts'
import type { RetryBudget, RetryPermit } from './retry-budget.ts'
import { send } from './send.ts'
import { type OutgoingRequest, toOutgoingRequest, type UpstreamCall } from './upstream-call.ts'
import type { UpstreamSettings } from './upstream-config.ts'
import { isUpstreamFailure, toServiceError, Unavailable } from './upstream-error.ts'
import { outcomeOf, type UpstreamMeters } from './upstream-meters.ts'

export interface UpstreamParts {
  /** The resource's name, for messages. */
  name: string
  url: URL
  settings: UpstreamSettings
  /** Seconds that any of the service's requests may take. */
  longestDeadline: number
  budget: RetryBudget
  breaker: Breaker
  rest: Rest
  meters: UpstreamMeters
}

/** A call on its way through its tries. */
interface Attempted<Reply> extends CallTimes {
  request: OutgoingRequest
  response: z.ZodType<Reply>
  signal: AbortSignal | undefined
}

/** One more try, and what has to be before it. */
interface Retry {
  permit: RetryPermit
  /** Milliseconds. */
  pause: number
}

/** The longest pause before the second try; doubled for each one after. */
const FIRST_PAUSE_MILLISECONDS = 100
const LONGEST_PAUSE_MILLISECONDS = 1000
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
      ...timesOf(call.within, this.#scope, this.#parts),
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
    let retry: Retry | undefined
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(attempted, attempt, retry)
      } catch (error) {
        // Of one that was not sent: the breaker has opened meanwhile, or somebody else was first.
        retry?.permit.giveBack()
        retry = this.#retryAfter(error, attempted, attempt)
        if (!retry) throw error
      }
    }
  }

  async #attempt<Reply>(attempted: Attempted<Reply>, attempt: number, retry: Retry | undefined): Promise<Reply> {
    const { breaker, budget, meters } = this.#parts
    const { signal } = attempted
    if (retry) await sleep(retry.pause, undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
    signal?.throwIfAborted()
    const time = this.#admit(attempted)
    return breaker.run(() => {
      retry?.permit.spend()
      if (retry) meters.countRetry(true)
      else budget.countRequest()
      return this.#try(attempted, attempt, time)
    })
  }

  /** The milliseconds that there are for a try. @throws {Unavailable} where none may be sent now */
  #admit({ deadlineAt }: Attempted<unknown>): number {
    const { settings, rest, meters } = this.#parts
    const time = deadlineAt - performance.now()
    if (time <= 0) throw new Unavailable('deadline')
    const { left } = rest
    if (left > 0) throw new Unavailable('resting', { retryAfter: left })
    if (meters.active >= settings.CONCURRENCY) throw new Unavailable('saturated')
    return time
  }

  /** Undefined where another try can't help, may do harm, or is over the budget. */
  #retryAfter(error: unknown, { request, deadlineAt }: Attempted<unknown>, attempt: number): Retry | undefined {
    const { settings, budget, meters } = this.#parts
    if (attempt >= settings.ATTEMPTS || !isUpstreamFailure(error) || (error.kind !== 'refused' && !request.isIdempotent)) return undefined
    const pause = pauseAfter(error, attempt)
    if (performance.now() + pause >= deadlineAt) return undefined
    const permit = budget.reserve()
    if (!permit) meters.countRetry(false)
    return permit && { permit, pause }
  }

  #try<Reply>({ request, response, signal, tryMilliseconds }: Attempted<Reply>, attempt: number, time: number): Promise<Reply> {
    const { settings, meters } = this.#parts
    const timeoutMilliseconds = Math.min(tryMilliseconds, time)
    const observed = meters.observe(request, attempt)
    const limits = { maxBytes: settings.MAX_RESPONSE_BYTES, maxRetryAfter: settings.MAX_RETRY_AFTER * 1000 }
    const work = () =>
      meters.measure(observed, async () => {
        // Made here, where the span of this try is the current one.
        const headers = this.#headersOf(timeoutMilliseconds)
        try {
          return parseReply(response, await send({ request, headers, timeoutMilliseconds, signal, ...limits, onStatus: observed.onStatus }))
        } catch (error) {
          throw this.#learnFrom(error, timeoutMilliseconds < tryMilliseconds / 2)
        }
      })
    return this.#scope ? this.#scope.span(request.method, work, { kind: 'client', attributes: observed.attributes }) : work()
  }

  /** The error of a try as it counts, after what the upstream asked for is noted. One that was hurried had not the time that a well one may need. */
  #learnFrom(error: unknown, isHurried: boolean): unknown {
    if (!(error instanceof Unavailable)) return error
    if (error.retryAfter !== undefined) this.#parts.rest.ask(error.retryAfter)
    return error.kind === 'timeout' && isHurried ? new Unavailable('deadline') : error
  }

  #headersOf(timeoutMilliseconds: number): Record<string, string> {
    const scope = this.#scope
    return {
      [DEADLINE_FIELD]: String(Math.max(1, Math.floor(timeoutMilliseconds))),
      ...(scope && { traceparent: scope.traceparent, 'x-request-id': scope.requestId }),
      ...(scope?.tracestate !== undefined && { tracestate: scope.tracestate }),
    }
  }
}

/** Full jitter, so that callers that failed together don't come back together; and never before the upstream wants it. */
function pauseAfter({ retryAfter = 0 }: Unavailable, attempt: number): number {
  const longest = Math.min(LONGEST_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1))
  return Math.ceil(retryAfter + Math.random() * longest)
}
