import { type Link, LinkedList } from '../linked-list.ts'
import { CallDeadlines, type Settle } from './call-deadlines.ts'

type Leave = () => void

interface Waiter extends Link<Waiter> {
  settle: Settle<Leave>
}

/** Lets one user in at a time, in the order in which they came. */
export class WaitingLine {
  readonly #deadlines = new CallDeadlines()
  readonly #waiting = new LinkedList<Waiter>()
  #isTaken = false

  /** What the user calls when done; undefined where somebody else is in. */
  enterIfFree(): Leave | undefined {
    return this.#isTaken ? undefined : this.#take()
  }

  /** Resolves to what the user calls when done. @throws {QueryTimeout} at the deadline */
  async enter(deadlineAt: number): Promise<Leave> {
    if (!this.#isTaken) return this.#take()
    const waiter: Waiter = { settle: () => {}, previous: undefined, next: undefined }
    return this.#deadlines.run<Leave>(
      deadlineAt,
      (settle) => {
        waiter.settle = settle
        this.#waiting.add(waiter)
      },
      () => this.#waiting.remove(waiter),
    )
  }

  #take(): Leave {
    this.#isTaken = true
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      this.#isTaken = false
      this.#waiting.shift()?.settle(undefined, this.#take())
    }
  }
}
