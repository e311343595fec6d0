/** For how long a call to somewhere else may go on: a request's own time, or that of a load which several requests share. */
export interface CallScope {
  /** Aborted when the time is up, or when nobody waits for the call any more. */
  readonly signal: AbortSignal
  /** Milliseconds until the deadline. */
  readonly remainingTime: number
}
