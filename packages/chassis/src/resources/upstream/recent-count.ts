/** Slots of a window: what is older than all of them no longer counts. */
const SLOTS = 10

export interface RecentCountOptions {
  /** The time that is looked back on. */
  windowMilliseconds: number
  /** Milliseconds on a clock that never goes back. @default performance.now */
  now?: (() => number) | undefined
}

/** How often something happened lately, to a tenth of the window, in as much memory whatever its number. */
export class RecentCount {
  readonly #slotMilliseconds: number
  readonly #now: () => number
  readonly #slots = new Float64Array(SLOTS)
  #newest: number
  #total = 0

  constructor({ windowMilliseconds, now = () => performance.now() }: RecentCountOptions) {
    this.#slotMilliseconds = windowMilliseconds / SLOTS
    this.#now = now
    this.#newest = this.#slotNow()
  }

  get total(): number {
    this.#forget()
    return this.#total
  }

  add(): void {
    this.#forget()
    const slot = this.#newest % SLOTS
    this.#slots[slot] = (this.#slots[slot] ?? 0) + 1
    this.#total++
  }

  clear(): void {
    this.#slots.fill(0)
    this.#total = 0
  }

  #forget(): void {
    const now = this.#slotNow()
    const passed = Math.min(now - this.#newest, SLOTS)
    for (let step = 1; step <= passed; step++) {
      const slot = (this.#newest + step) % SLOTS
      this.#total -= this.#slots[slot] ?? 0
      this.#slots[slot] = 0
    }
    this.#newest = now
  }

  #slotNow(): number {
    return Math.floor(this.#now() / this.#slotMilliseconds)
  }
}
