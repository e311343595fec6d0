import type { Logger } from '../../definition/logger.ts'

const REPEAT_MILLISECONDS = 30_000

/** Tells of a failure that comes again and again: at once when it is another one than before, else now and then. */
export class FailureLog {
  readonly #log: Logger
  #told: string | undefined
  #toldAt = 0
  #failedAt = 0

  constructor(log: Logger) {
    this.#log = log
  }

  tell(message: string, error: unknown): void {
    const failure = `${message}: ${error}`
    const now = performance.now()
    this.#failedAt = now
    if (failure === this.#told && now - this.#toldAt < REPEAT_MILLISECONDS) return
    this.#told = failure
    this.#toldAt = now
    this.#log.warn(message, { error })
  }

  /** Says `message` where there was a failure before; not while others, which failures of one part don't concern, go on to fail within `quiet`. */
  over(message: string, quietMilliseconds = 0): void {
    if (this.#told === undefined || performance.now() - this.#failedAt < quietMilliseconds) return
    this.#log.info(message)
    this.#told = undefined
  }
}
