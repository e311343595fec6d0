import { ServiceError } from '../definition/service-error.ts'

/** Seconds after which a client that was turned away may come again. */
const RETRY_AFTER_SECONDS = 1

/** Bounds the requests in flight: what is let in keeps its speed, what is not is told at once. */
export class Admission {
  readonly #limit: number
  #active = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @throws {ServiceError} `overloaded` when there is no room. */
  check(): void {
    if (this.#active < this.#limit) return
    throw new ServiceError('overloaded', `The service is answering ${this.#limit} requests already.`, { retryAfter: RETRY_AFTER_SECONDS })
  }

  enter(): void {
    this.#active++
  }

  leave(): void {
    this.#active--
  }
}
