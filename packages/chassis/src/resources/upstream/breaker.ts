import { BrokenCircuitError, CircuitState, circuitBreaker, handleType, type IBreaker } from 'cockatiel'
import { RecentCount } from './recent-count.ts'
import { BadReply, isUpstreamFailure, Unavailable } from './upstream-error.ts'

const WINDOW_MILLISECONDS = 5000
/** The share of tries that must have failed. */
const FAILURE_RATIO = 0.5
/** Fewer tries than that tell nothing. */
const MINIMUM_TRIES = 20
/** Fewer than that tell nothing even of an upstream that is called one by one. */
const LEAST_TRIES = 5
/** Until one call may try whether the upstream is back. With a try of the default second, that is known within two. */
const PROBE_AFTER_MILLISECONDS = 500

export interface BreakerOptions {
  isOn: boolean
  /** The time of one try. */
  tryMilliseconds: number
  /** Tries that are under way at a time, at most. */
  concurrency: number
  /** Milliseconds on a clock that never goes back. @default performance.now */
  now?: () => number
}

export type BreakerState = 'closed' | 'open' | 'half-open'

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
}

/**
 * What is looked back on, and the tries that tell enough: 20 in five seconds, where there can be as many while all of them hang. Where they take long, or
 * few are under way at a time, it is longer and they are fewer: those that callers keep it busy with for half of the time.
 */
function lookBack({ tryMilliseconds, concurrency }: Pick<BreakerOptions, 'tryMilliseconds' | 'concurrency'>) {
  const rounds = Math.ceil(LEAST_TRIES / concurrency)
  const windowMilliseconds = Math.max(WINDOW_MILLISECONDS, 2 * rounds * tryMilliseconds)
  const possible = concurrency * Math.floor(windowMilliseconds / 2 / tryMilliseconds)
  return { windowMilliseconds, minimumTries: Math.min(MINIMUM_TRIES, possible) }
}

/** Opens when half of the tries of that time failed. */
class FailureRate implements IBreaker {
  readonly #tries: RecentCount
  readonly #failures: RecentCount
  readonly #minimumTries: number
  /** Cockatiel's, for what is kept across processes; this is not. */
  state: unknown

  constructor(options: BreakerOptions) {
    const { windowMilliseconds, minimumTries } = lookBack(options)
    const { now } = options
    this.#tries = new RecentCount({ windowMilliseconds, now })
    this.#failures = new RecentCount({ windowMilliseconds, now })
    this.#minimumTries = minimumTries
  }

  success(state: CircuitState): void {
    if (state === CircuitState.HalfOpen) {
      this.#tries.clear()
      this.#failures.clear()
    }
    this.#tries.add()
  }

  failure(): boolean {
    this.#tries.add()
    this.#failures.add()
    const { total } = this.#tries
    return total >= this.#minimumTries && this.#failures.total >= FAILURE_RATIO * total
  }
}

/** What counts against the upstream. */
class Failure extends Error {
  readonly reason: unknown

  constructor(reason: unknown) {
    super()
    this.reason = reason
  }
}

type Outcome<Result> = { reply: Result } | { badReply: BadReply }

/**
 * Spares an upstream that fails the calls, and the callers the wait. Cockatiel's circuit breaker, but for its count of failures, and for callers who
 * would wait for the outcome of a probe.
 */
export class Breaker {
  readonly #isOn: boolean
  readonly #policy
  /** How often it has opened. */
  #openings = 0

  constructor(options: BreakerOptions) {
    this.#isOn = options.isOn
    this.#policy = circuitBreaker(handleType(Failure), { halfOpenAfter: PROBE_AFTER_MILLISECONDS, breaker: new FailureRate(options) })
    this.#policy.onBreak(() => {
      this.#openings++
    })
  }

  get state(): BreakerState {
    return STATES[this.#policy.state]
  }

  /** Runs `work`. @throws {Unavailable} at once while it is open; what `work` throws, else. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.#isOn) return work()
    if (this.state === 'half-open') throw isOpen()
    const outcome = await this.#policy.execute(() => this.#judged(work)).catch(rethrow)
    if ('badReply' in outcome) throw outcome.badReply
    return outcome.reply
  }

  /** Throws a {@link Failure} for what counts against the upstream, returns what counts for it, and throws what counts for nothing as it is. */
  async #judged<Result>(work: () => Promise<Result>): Promise<Outcome<Result>> {
    const isProbe = this.state === 'half-open'
    const openings = this.#openings
    try {
      return { reply: await work() }
    } catch (error) {
      if (error instanceof BadReply) return { badReply: error }
      // Tries that began before it opened tell nothing of the upstream that a probe has found well since.
      const counts = isUpstreamFailure(error) && openings === this.#openings
      // A probe that was aborted must not close it.
      throw isProbe || counts ? new Failure(error) : error
    }
  }
}

function isOpen(): Unavailable {
  return new Unavailable('open', { retryAfter: PROBE_AFTER_MILLISECONDS })
}

function rethrow(error: unknown): never {
  if (error instanceof Failure) throw error.reason
  throw error instanceof BrokenCircuitError ? isOpen() : error
}
