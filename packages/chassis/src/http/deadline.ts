interface Entry {
  expiresAt: number
  expire: () => void
}

/**
 * The deadlines of all requests that have the same time: they expire in the order in which they came,
 * so one timer, for the oldest, does for all of them.
 */
export class DeadlineQueue {
  readonly milliseconds: number
  readonly #entries = new Set<Entry>()
  #timer: NodeJS.Timeout | undefined

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds
  }

  /** Calls `expire` at `startedAt` plus the queue's time, unless it is removed before. */
  add(startedAt: number, expire: () => void): Entry {
    const entry = { expiresAt: startedAt + this.milliseconds, expire }
    this.#entries.add(entry)
    this.#timer ??= this.#wait(this.milliseconds)
    return entry
  }

  remove(entry: Entry): void {
    this.#entries.delete(entry)
  }

  #wait(milliseconds: number): NodeJS.Timeout {
    // A deadline alone is no reason for the process to stay.
    return setTimeout(() => this.#expire(), milliseconds).unref()
  }

  #expire(): void {
    this.#timer = undefined
    const now = performance.now()
    for (const entry of this.#entries) {
      // Timers have a resolution of a millisecond and may be early by that.
      if (entry.expiresAt > now + 1) {
        this.#timer = this.#wait(entry.expiresAt - now)
        return
      }
      this.#entries.delete(entry)
      entry.expire()
    }
  }
}
