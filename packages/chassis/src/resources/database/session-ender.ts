/** Ends sessions on the server, each known by the server's number for it. */
type EndSessions = (sessions: readonly number[]) => Promise<void>

/**
 * Sees to it that the server gives up what its client has given up: a write whose client was told that it failed should not happen later.
 * One attempt at a time, and as well as it goes: a server that can't be reached has nothing to be told.
 */
export class SessionEnder {
  readonly #end: EndSessions
  #sessions: number[] = []
  #isRunning = false

  constructor(end: EndSessions) {
    this.#end = end
  }

  add(session: number | null | undefined): void {
    if (typeof session !== 'number') return
    this.#sessions.push(session)
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#sessions.length > 0) {
      const sessions = this.#sessions
      this.#sessions = []
      await this.#end(sessions).catch(() => {})
    }
    this.#isRunning = false
  }
}
