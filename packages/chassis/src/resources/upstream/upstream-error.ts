import { ServiceError } from '../../definition/service-error.ts'

/**
 * What went wrong with a try, or kept it from being made:
 * - `refused`: no connection came about, so that nothing was sent
 * - `reset`: the connection broke; whether the upstream did what it was asked for is not known
 * - `timeout`: no answer in time, with the same doubt
 * - `status`: it said that it can't now: 408, 429 or 5xx
 * - `deadline`: the caller's time was over before the upstream had a fair part of its own
 * - `open`: the circuit breaker is open
 * - `resting`: it has asked to be left alone, and the time for that is not over
 * - `saturated`: as many calls as there may be are under way
 */
export type UnavailableKind = 'refused' | 'reset' | 'timeout' | 'status' | 'deadline' | 'open' | 'resting' | 'saturated'

export interface UnavailableOptions {
  /** Milliseconds that the upstream wants to be left alone, no more than it may; undefined where it did not say. */
  retryAfter?: number | undefined
  /** A status or an error's code. Never an error's message, nor the error: runtimes put the URL into it, and with it the query. */
  detail?: string | undefined
}

/** The upstream did not answer, or answered that it can't. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
  readonly kind: UnavailableKind
  /** Milliseconds. */
  readonly retryAfter: number | undefined

  constructor(kind: UnavailableKind, { retryAfter, detail }: UnavailableOptions = {}) {
    super(`The upstream is not available: ${kind}${detail === undefined ? '' : ` (${detail})`}.`)
    this.kind = kind
    this.retryAfter = retryAfter
  }
}

/** The upstream answered with what it should not: another status, media type, size or shape. Its message never quotes the answer. */
export class BadReply extends Error {
  override readonly name = 'BadReply'
}

const FAILURES: ReadonlySet<UnavailableKind> = new Set(['refused', 'reset', 'timeout', 'status'])

/** Whether an error tells that the upstream is not well. One that answers, though badly, is: the fault may be that of one path, or ours. */
export function isUpstreamFailure(error: unknown): error is Unavailable {
  return error instanceof Unavailable && FAILURES.has(error.kind)
}

/** How long a client is asked to wait, at least: `Retry-After` has no smaller unit. */
const RETRY_AFTER_SECONDS = 1

/** What a client is told of it; anything else as it is. */
export function toServiceError(name: string, error: unknown): unknown {
  if (error instanceof BadReply) return new ServiceError('bad_upstream_reply', `The reply of ${name} can't be used.`, { cause: error })
  if (!(error instanceof Unavailable)) return error
  const retryAfter = Math.max(RETRY_AFTER_SECONDS, (error.retryAfter ?? 0) / 1000)
  return new ServiceError('upstream_unavailable', `${name} is not available.`, { retryAfter, cause: error })
}
