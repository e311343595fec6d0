import type { Logger } from '../../definition/logger.ts'

const REPEAT_MILLISECONDS = 30_000
/** Failures that are told in that time, however many there are and however often they come and go. */
const MOST_TOLD = 6

/** Tells of failures that come again and again: at once where it is another one than before, else now and then, and never many. */
export class FailureLog {
  readonly #log: Logger
  /** What was told since all was well, and when. */
  readonly #told = new Map<string, number>()
  /** When the last ones were told, well or not since. */
  #toldAt: number[] = []
  #failedAt = 0

  constructor(log: Logger) {
    this.#log = log
  }

  tell(message: string, error: unknown): void {
    const failure = `${message}: ${error}`
    const now = performance.now()
    const isRecent = (at: number) => now - at < REPEAT_MILLISECONDS
    this.#failedAt = now
    this.#toldAt = this.#toldAt.filter(isRecent)
    if (isRecent(this.#told.get(failure) ?? Number.NEGATIVE_INFINITY) || this.#toldAt.length >= MOST_TOLD) return
    for (const [told, at] of this.#told) if (!isRecent(at)) this.#told.delete(told)
    this.#told.set(failure, now)
    this.#toldAt.push(now)
    this.#log.warn(message, { error })
  }

  /** Says `message` where there was a failure before; not while others, which failures of one part don't concern, go on to fail within `quiet`. */
  over(message: string, quietMilliseconds = 0): void {
    if (this.#told.size === 0 || performance.now() - this.#failedAt < quietMilliseconds) return
    this.#log.info(message)
    this.#told.clear()
  }
}
