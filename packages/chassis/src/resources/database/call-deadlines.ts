import { QueryTimeout } from './connection.ts'

/** Milliseconds between two looks at what is late. Coarse, because a timer for each query would cost as much as sending it. */
const SWEEP_MILLISECONDS = 25

interface Call {
  deadlineAt: number
  expire: () => void
}

/** Takes what came of a call; what comes second, or after the deadline, is nobody's. */
export type Settle<Value> = (error: unknown, value?: Value) => void

export interface BoundCall<Value> {
  start: (settle: Settle<Value>) => void
  /** Called at the deadline. */
  onExpire?: () => void
}

/** The deadlines of everything that is asked of a database. */
export class CallDeadlines {
  readonly #calls = new Set<Call>()
  #timer: NodeJS.Timeout | undefined

  /** What `start` settles with. @throws {QueryTimeout} at the deadline, on the clock of `performance.now` */
  run<Value>(deadlineAt: number, { start, onExpire }: BoundCall<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const call: Call = {
        deadlineAt,
        expire() {
          onExpire?.()
          reject(new QueryTimeout())
        },
      }
      const settle: Settle<Value> = (error, value) => {
        this.#calls.delete(call)
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
    for (const call of this.#calls) {
      if (call.deadlineAt > now) continue
      this.#calls.delete(call)
      call.expire()
    }
    if (this.#calls.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
