/** The time for which an upstream has asked to be left alone, by `Retry-After` (RFC 9110, section 10.2.3). */
export class Rest {
  readonly #now: () => number
  #endsAt = 0

  /** @param now milliseconds on a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Whole milliseconds that are left of it. */
  get left(): number {
    return Math.max(0, Math.floor(this.#endsAt - this.#now()))
  }

  ask(milliseconds: number): void {
    this.#endsAt = Math.max(this.#endsAt, this.#now() + milliseconds)
  }
}
