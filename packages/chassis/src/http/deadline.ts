import { type Link, LinkedList } from '../resources/linked-list.ts'

export interface Deadline extends Link<Deadline> {
  /** On the clock of `performance.now`; later than those of all deadlines that were added before. */
  readonly expiresAt: number
  expire(): void
}

/**
 * The deadlines of all requests that have the same time: they expire in the order in which they came,
 * so one timer, for the oldest, does for all of them.
 */
export class DeadlineQueue {
  readonly milliseconds: number
  readonly #deadlines = new LinkedList<Deadline>()
  #timer: NodeJS.Timeout | undefined

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds
  }

  /** Expires it at its time, unless it is removed before. */
  add(deadline: Deadline): void {
    this.#deadlines.add(deadline)
    this.#timer ??= this.#wait(this.milliseconds)
  }

  remove(deadline: Deadline): void {
    this.#deadlines.remove(deadline)
  }

  #wait(milliseconds: number): NodeJS.Timeout {
    // A deadline alone is no reason for the process to stay.
    return setTimeout(() => this.#expire(), milliseconds).unref()
  }

  #expire(): void {
    this.#timer = undefined
    const now = performance.now()
    for (let { first } = this.#deadlines; first; { first } = this.#deadlines) {
      // Timers have a resolution of a millisecond and may be early by that.
      if (first.expiresAt > now + 1) {
        this.#timer = this.#wait(first.expiresAt - now)
        return
      }
      this.#deadlines.remove(first)
      first.expire()
    }
  }
}
