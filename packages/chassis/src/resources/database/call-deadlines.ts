import { type Link, LinkedList } from '../linked-list.ts'
import { QueryTimeout } from './connection.ts'

/** Milliseconds between two looks at what is late. Coarse, because a timer for each query would cost as much as sending it. */
const SWEEP_MILLISECONDS = 25

interface Call extends Link<Call> {
  deadlineAt: number
  reject: (error: unknown) => void
  onExpire: (() => void) | undefined
}

/** Takes what came of a call; what comes second, or after the deadline, is nobody's. */
export type Settle<Value> = (error: unknown, value?: Value) => void

/** The deadlines of everything that is asked of a database. */
export class CallDeadlines {
  readonly #calls = new LinkedList<Call>()
  #timer: NodeJS.Timeout | undefined

  /**
   * What `start` settles with.
   *
   * @param onExpire called at the deadline
   * @throws {QueryTimeout} at the deadline, on the clock of `performance.now`
   */
  run<Value>(deadlineAt: number, start: (settle: Settle<Value>) => void, onExpire?: () => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      const call: Call = { deadlineAt, reject, onExpire, previous: undefined, next: undefined }
      const settle: Settle<Value> = (error, value) => {
        this.#calls.remove(call)
        if (error) reject(error)
        else resolve(value as Value)
      }
      this.#calls.add(call)
      this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MILLISECONDS).unref()
      try {
        start(settle)
      } catch (error) {
        // A driver that refuses a value at once; left among the calls, it would end somebody else's query at its deadline.
        settle(error)
      }
    })
  }

  #sweep(): void {
    const now = performance.now()
    for (const call of this.#late(now)) {
      call.onExpire?.()
      call.reject(new QueryTimeout())
    }
    if (this.#calls.first) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Takes out the calls that are late: to expire one may end another. */
  #late(now: number): Call[] {
    const late: Call[] = []
    for (let call = this.#calls.first; call; call = call.next) if (call.deadlineAt <= now) late.push(call)
    for (const call of late) this.#calls.remove(call)
    return late
  }
}
