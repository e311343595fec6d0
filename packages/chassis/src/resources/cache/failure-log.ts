import type { Logger } from '../../definition/logger.ts'

const REPEAT_MILLISECONDS = 30_000

/** Tells of a failure that comes again and again: at once when it is another one than before, else now and then. */
export class FailureLog {
  readonly #log: Logger
  #told: string | undefined
  #toldAt = 0

  constructor(log: Logger) {
    this.#log = log
  }

  tell(message: string, error: unknown): void {
    const failure = `${message}: ${error}`
    const now = performance.now()
    if (failure === this.#told && now - this.#toldAt < REPEAT_MILLISECONDS) return
    this.#told = failure
    this.#toldAt = now
    this.#log.warn(message, { error })
  }

  /** Says `message` where there was a failure before. */
  over(message: string): void {
    if (this.#told !== undefined) this.#log.info(message)
    this.#told = undefined
  }
}
