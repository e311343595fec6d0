import { CallDeadlines } from './call-deadlines.ts'
import type { DriverQuery } from './connection.ts'
import type { CreateSession } from './session.ts'

export interface SessionEnderOptions {
  createSession: CreateSession
  /** What ends sessions, each known by the server's number for it. */
  endQueries(sessions: readonly number[]): readonly DriverQuery[]
  timeoutMilliseconds: number
}

/**
 * Sees to it that the server gives up what its client has given up: a write whose client was told that it failed should not happen later.
 * One attempt at a time, and as well as it goes: a server that can't be reached has nothing to be told.
 */
export class SessionEnder {
  readonly #options: SessionEnderOptions
  readonly #deadlines = new CallDeadlines()
  #sessions: number[] = []
  #isRunning = false

  constructor(options: SessionEnderOptions) {
    this.#options = options
  }

  add(session: number | undefined): void {
    if (session === undefined) return
    this.#sessions.push(session)
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#sessions.length > 0) await this.#end(this.#sessions.splice(0)).catch(() => {})
    this.#isRunning = false
  }

  async #end(sessions: readonly number[]): Promise<void> {
    const { createSession, endQueries, timeoutMilliseconds } = this.#options
    const session = createSession(() => {})
    const deadlineAt = performance.now() + timeoutMilliseconds
    try {
      await this.#deadlines.run<void>(deadlineAt, (settle) => session.open(settle))
      for (const query of endQueries(sessions)) {
        // One that has ended already is an error, and no reason to leave the next one.
        await this.#deadlines.run<unknown>(deadlineAt, (settle) => session.execute(query, settle)).catch(() => {})
      }
    } finally {
      session.destroy()
    }
  }
}
