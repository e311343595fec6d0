import { CallDeadlines } from './call-deadlines.ts'

/** Lets one user in at a time, in the order in which they came. */
export class WaitingLine {
  readonly #deadlines = new CallDeadlines()
  readonly #waiting: ((leave: () => void) => void)[] = []
  #isTaken = false

  /** Resolves to what the user calls when done. @throws {QueryTimeout} at the deadline */
  async enter(deadlineAt: number): Promise<() => void> {
    if (!this.#isTaken) return this.#take()
    return this.#deadlines.run<() => void>(deadlineAt, {
      start: (settle) => this.#waiting.push((leave) => settle(undefined, leave)),
      onLate: (leave) => leave(),
    })
  }

  #take(): () => void {
    this.#isTaken = true
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      this.#isTaken = false
      this.#waiting.shift()?.(this.#take())
    }
  }
}
