/** Work that many want at once and that is done once: one flight a key. */
export class SingleFlight<Result> {
  readonly #flights = new Map<string, Promise<Result>>()

  has(key: string): boolean {
    return this.#flights.has(key)
  }

  /** What the flight of that key comes to; `work` is called where there is none. */
  run(key: string, work: () => Promise<Result>): Promise<Result> {
    const current = this.#flights.get(key)
    if (current) return current
    const flight = work().finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }

  /** Resolves when all that are under way have ended, well or not. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#flights.values())
  }
}
