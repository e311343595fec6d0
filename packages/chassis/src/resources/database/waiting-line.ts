import { CallDeadlines, type Settle } from './call-deadlines.ts'

type Leave = () => void

/** Lets one user in at a time, in the order in which they came. */
export class WaitingLine {
  readonly #deadlines = new CallDeadlines()
  readonly #waiting = new Set<Settle<Leave>>()
  #isTaken = false

  /** Resolves to what the user calls when done. @throws {QueryTimeout} at the deadline */
  async enter(deadlineAt: number): Promise<Leave> {
    if (!this.#isTaken) return this.#take()
    let waiter: Settle<Leave>
    return this.#deadlines.run<Leave>(deadlineAt, {
      start: (settle) => {
        waiter = settle
        this.#waiting.add(settle)
      },
      onExpire: () => this.#waiting.delete(waiter),
    })
  }

  #take(): Leave {
    this.#isTaken = true
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      this.#isTaken = false
      const [next] = this.#waiting
      if (!next) return
      this.#waiting.delete(next)
      next(undefined, this.#take())
    }
  }
}
