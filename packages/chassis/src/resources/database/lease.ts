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

  execute(query: DriverQuery, deadlineAt: number): QueryResult | Promise<QueryResult> {
    return this.#connection.execute(query, deadlineAt)
  }

  /** To be told of every error of its queries. */
  blame(error: unknown): void {
    this.#isBroken ||= isBroken(error)
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
