import { QueryTimeout } from './connection.ts'

/** Milliseconds between two looks at what is late. Coarse, because a timer for each query would cost as much as sending it. */
const SWEEP_MILLISECONDS = 50

interface Call {
  deadlineAt: number
  expire: () => void
}

export interface BoundCall<Value> {
  start: (settle: (error: unknown, value?: Value) => void) => void
  /** Called at the deadline. */
  onExpire?: () => void
  /** Takes what came after the deadline. */
  onLate?: (value: Value) => void
}

/** The deadlines of everything that is asked of a database. */
export class CallDeadlines {
  readonly #calls = new Set<Call>()
  #timer: NodeJS.Timeout | undefined

  /** What `start` settles with. @throws {QueryTimeout} at the deadline, on the clock of `performance.now` */
  run<Value>(deadlineAt: number, { start, onExpire, onLate }: BoundCall<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      let isLate = false
      const call: Call = {
        deadlineAt,
        expire() {
          isLate = true
          onExpire?.()
          reject(new QueryTimeout())
        },
      }
      this.#calls.add(call)
      this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MILLISECONDS).unref()
      start((error, value) => {
        if (isLate) {
          if (!error) onLate?.(value as Value)
          return
        }
        this.#calls.delete(call)
        if (error) reject(error)
        else resolve(value as Value)
      })
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
