import { ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'
import type { Admission } from './admission.ts'
import { answerStreamOf } from './answer-stream.ts'
import type { Deadline, DeadlineQueue } from './deadline.ts'
import type { ProblemWriter } from './to-problem.ts'

export interface PendingAnswerOptions {
  admission: Admission
  deadlines: DeadlineQueue
  toProblem: ProblemWriter
}

/**
 * An answer that is being worked on: it comes when the work is done, or as a problem at the deadline, which a streamed answer has to meet with its end.
 * A handler that goes on after that still counts as in flight, for it still needs memory; a body that does not come any more needs none.
 */
export class PendingAnswer implements Deadline {
  previous: Deadline | undefined = undefined
  next: Deadline | undefined = undefined
  readonly expiresAt: number
  readonly #exchange: Exchange
  readonly #options: PendingAnswerOptions
  readonly #resolve: (response: Response) => void
  #isLate = false
  #isInFlight = true

  constructor(exchange: Exchange, options: PendingAnswerOptions, resolve: (response: Response) => void) {
    this.#exchange = exchange
    this.#options = options
    this.#resolve = resolve
    this.expiresAt = exchange.deadlineAt
    options.admission.enter()
    options.deadlines.add(this)
  }

  expire(): void {
    const exchange = this.#exchange
    const { deadlines, toProblem } = this.#options
    this.#isLate = true
    if (!exchange.isReceived) this.#leave()
    const error = lateness(exchange, deadlines.milliseconds)
    exchange.abort(error)
    this.#resolve(toProblem(exchange, error))
  }

  succeed(response: Response): void {
    const stream = answerStreamOf(response)
    if (stream) void stream.released.then(() => this.#settle())
    else this.#settle()
    this.#resolve(response)
  }

  fail(error: unknown): void {
    this.#settle()
    // After the deadline, what the abort brought about is nobody's news.
    if (!this.#isLate) this.#resolve(this.#options.toProblem(this.#exchange, error))
  }

  #settle(): void {
    this.#options.deadlines.remove(this)
    this.#leave()
  }

  #leave(): void {
    if (this.#isInFlight) this.#options.admission.leave()
    this.#isInFlight = false
  }
}

function lateness({ isReceived }: Exchange, milliseconds: number): ServiceError {
  if (isReceived) return new ServiceError('deadline_exceeded', `The answer took longer than ${milliseconds / 1000} s.`)
  return new ServiceError('request_timeout', `The body did not arrive within ${milliseconds / 1000} s.`, { headers: { connection: 'close' } })
}
