import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenResource, Resource } from '../definition/resource.ts'
import { ServiceError } from '../definition/service-error.ts'
import type { ServiceLogger } from '../observe/logger.ts'

const FIRST_PAUSE_MILLISECONDS = 100
const LONGEST_PAUSE_MILLISECONDS = 2000
const CHECK_INTERVAL_MILLISECONDS = 1000
const CHECK_TIMEOUT_MILLISECONDS = 2000
/** One lost packet is not an outage: so many checks in a row must fail. */
const FAILURES_UNTIL_DOWN = 2

interface Slot {
  name: string
  resource: Resource<unknown>
  config: Readonly<Record<string, unknown>>
  open: OpenResource<unknown> | undefined
  failures: number
}

/** The resources of one running service: opened with backoff, checked each second, closed in reverse order. */
export class ResourceSet {
  readonly #slots: readonly Slot[]
  readonly #logger: ServiceLogger
  readonly #stopping = new AbortController()
  #checks: Promise<void> | undefined
  /** Whether each resource has been tried once. */
  isAttempted = false

  constructor(
    resources: Readonly<Record<string, Resource<unknown>>>,
    configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    logger: ServiceLogger,
  ) {
    this.#slots = Object.entries(resources).map(([name, resource]) => ({ name, resource, config: configs[name] ?? {}, open: undefined, failures: 0 }))
    this.#logger = logger
  }

  get isUp(): boolean {
    return this.#slots.every(isSlotUp)
  }

  states(): Record<string, 'up' | 'down'> {
    return Object.fromEntries(this.#slots.map((slot) => [slot.name, isSlotUp(slot) ? 'up' : 'down']))
  }

  /** @throws {ServiceError} `not_ready` while it is not open. */
  get(name: string): OpenResource<unknown> {
    const open = this.#slots.find((slot) => slot.name === name)?.open
    if (!open) throw new ServiceError('not_ready', `The service's ${name} is not open yet.`, { retryAfter: 1 })
    return open
  }

  handles(): Record<string, unknown> {
    return Object.fromEntries(this.#slots.map(({ name }) => [name, this.get(name).handle]))
  }

  /** Resolves when all are open; rejects only when the set is closed before. */
  async open(): Promise<void> {
    let pending = this.#slots
    for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLISECONDS)) {
      await Promise.all(pending.map((slot) => this.#tryOpen(slot)))
      this.isAttempted = true
      pending = pending.filter(({ open }) => !open)
      if (pending.length === 0) break
      // Half fixed, half random, so that replicas that lost the same database don't come back in step.
      await sleep(pause / 2 + (Math.random() * pause) / 2, undefined, { signal: this.#stopping.signal })
    }
    if (this.#slots.length > 0) this.#checks = this.#checkUntilStopped()
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#checks
    for (const { name, open } of [...this.#slots].reverse()) {
      await open?.close().catch((error: unknown) => this.#logger.error(`${name} did not close`, { error }))
    }
  }

  async #tryOpen(slot: Slot): Promise<void> {
    const { name, resource, config } = slot
    try {
      const open = await resource.open({ config, log: this.#logger.child({ resource: name }), signal: this.#stopping.signal })
      if (this.#stopping.signal.aborted) await open.close()
      else slot.open = open
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#logger.warn(`${name} could not be opened and is tried again`, { error })
    }
  }

  async #checkUntilStopped(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await Promise.all(this.#slots.map((slot) => this.#check(slot)))
      await sleep(CHECK_INTERVAL_MILLISECONDS, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  async #check(slot: Slot): Promise<void> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(CHECK_TIMEOUT_MILLISECONDS)])
    const wasUp = isSlotUp(slot)
    try {
      await Promise.race([slot.open?.check(signal), rejectOn(signal)])
      slot.failures = 0
      if (!wasUp) this.#logger.info(`${slot.name} is back`)
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      slot.failures++
      if (wasUp && !isSlotUp(slot)) this.#logger.error(`${slot.name} is down`, { error })
    }
  }
}

function isSlotUp({ open, failures }: Slot): boolean {
  return open !== undefined && failures < FAILURES_UNTIL_DOWN
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}
