import type { Connection, DriverQuery, QueryResult } from './connection.ts'
import { isBroken } from './database-error.ts'

/** A connection in somebody's hands. It is given back once, and closed instead of being reused when something broke it. */
export class Lease implements Connection {
  readonly #connection: Connection
  #onEnd: (() => void) | undefined
  #isBroken = false

  constructor(connection: Connection, onEnd: () => void) {
    this.#connection = connection
    this.#onEnd = onEnd
  }

  async execute(query: DriverQuery, deadlineAt: number): Promise<QueryResult> {
    // It may be somebody else's by now.
    if (!this.#onEnd) throw new TypeError('The transaction is over; await every query of it before it ends.')
    try {
      return await this.#connection.execute(query, deadlineAt)
    } catch (error) {
      this.#isBroken ||= isBroken(error)
      throw error
    }
  }

  release(): void {
    this.#end(this.#isBroken)
  }

  destroy(): void {
    this.#end(true)
  }

  #end(isDestroyed: boolean): void {
    const onEnd = this.#onEnd
    if (!onEnd) return
    this.#onEnd = undefined
    if (isDestroyed) this.#connection.destroy()
    else this.#connection.release()
    onEnd()
  }
}
