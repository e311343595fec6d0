import { RecentCount } from './recent-count.ts'

const WINDOW_MILLISECONDS = 10_000
/** Retries for each request of the window. */
const RATIO = 0.2
/** Retries that are allowed where there is hardly any traffic, which else could never be repeated. */
const RESERVE = 3
/** What a request adds to the retries that may be made at once: less than the ratio, so that these and the most below stay within it. */
const SPREAD = 0.15
/** The most retries at once. Ten good seconds earn hundreds, which an outage would spend in its first second, when they help least. */
const BURST = RESERVE

/** The right to one retry: it counts when it is spent, and not at all when it is given back. Only the first of both has an effect. */
export interface RetryPermit {
  spend(): void
  giveBack(): void
}

/** Bounds what retries add to an upstream's load, whatever fails: over ten seconds a fifth of the requests, or three, and never many at once. */
export class RetryBudget {
  readonly #requests: RecentCount
  readonly #retries: RecentCount
  readonly #now: () => number
  #atOnce = BURST
  /** Permits that are neither spent nor given back. */
  #reserved = 0
  #refilledAt: number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#refilledAt = now()
    this.#requests = new RecentCount({ windowMilliseconds: WINDOW_MILLISECONDS, now })
    this.#retries = new RecentCount({ windowMilliseconds: WINDOW_MILLISECONDS, now })
  }

  /** How many retries may be made now. */
  get left(): number {
    this.#refill(0)
    const allowed = Math.floor(Math.max(RESERVE, RATIO * this.#requests.total))
    return Math.max(0, Math.min(allowed - this.#retries.total - this.#reserved, Math.floor(this.#atOnce)))
  }

  /** To be told of each request that is sent, not of its retries. */
  countRequest(): void {
    this.#requests.add()
    this.#refill(SPREAD)
  }

  /** Undefined where no more retries may be made. */
  reserve(): RetryPermit | undefined {
    if (this.left < 1) return undefined
    this.#reserved++
    this.#atOnce--
    let isSettled = false
    const settle = (isSpent: boolean) => {
      if (isSettled) return
      isSettled = true
      this.#reserved--
      if (isSpent) this.#retries.add()
      else this.#refill(1)
    }
    return { spend: () => settle(true), giveBack: () => settle(false) }
  }

  /** Time brings the reserve back, requests bring the rest. */
  #refill(more: number): void {
    const now = this.#now()
    this.#atOnce = Math.min(BURST, this.#atOnce + more + (RESERVE * (now - this.#refilledAt)) / WINDOW_MILLISECONDS)
    this.#refilledAt = now
  }
}
