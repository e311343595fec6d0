import type { CallScope } from '../../definition/call-scope.ts'
import { ANSWER_MARGIN_MILLISECONDS } from '../answer-margin.ts'
import type { UpstreamSettings } from './upstream-config.ts'

/** How long a call may go on, and each of its tries. */
export interface CallTimes {
  /** On the clock of `performance.now`. */
  readonly deadlineAt: number
  /** The time of one try. */
  readonly tryMilliseconds: number
}

export interface TimeLimits {
  settings: Pick<UpstreamSettings, 'TIMEOUT' | 'TOTAL_TIMEOUT'>
  /** Seconds that any of the service's requests may take. */
  longestDeadline: number
}

/** The most milliseconds that a try may take. */
export function tryMillisecondsOf({ TIMEOUT, TOTAL_TIMEOUT }: TimeLimits['settings']): number {
  return Math.min(TIMEOUT, TOTAL_TIMEOUT) * 1000
}

/**
 * @param within what has a time of its own, such as the load of a cache
 * @param request undefined where there is none
 */
export function timesOf(within: CallScope | undefined, request: CallScope | undefined, { settings, longestDeadline }: TimeLimits): CallTimes {
  const remaining = (within ?? request)?.remainingTime ?? Number.POSITIVE_INFINITY
  const tryMilliseconds = tryMillisecondsOf(settings)
  return {
    deadlineAt: performance.now() + Math.min(settings.TOTAL_TIMEOUT * 1000, remaining - ANSWER_MARGIN_MILLISECONDS),
    // A try that no request can wait for would never be counted as one that took too long.
    tryMilliseconds: within ? tryMilliseconds : Math.max(1, Math.min(tryMilliseconds, longestDeadline * 1000 - ANSWER_MARGIN_MILLISECONDS)),
  }
}
