import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenResource, Resource, ResourceContext } from '../definition/resource.ts'
import { ServiceError } from '../definition/service-error.ts'
import type { ServiceLogger } from '../observe/logger.ts'

/** Milliseconds. */
export interface ResourceTiming {
  /** Between the first attempt to open and the second; doubled from then on. */
  firstPause: number
  longestPause: number
  /** How long a first attempt to open may take without counting as over. */
  attemptTimeout: number
  /** Between two checks of resources that are all up. */
  checkInterval: number
  /** Between two checks while one has failed. */
  failedCheckInterval: number
  checkTimeout: number
  /** After which the log is told of the same failure again. */
  repeatInterval: number
  /** How long an attempt to open, and each resource's `close`, may hold the end of the process. */
  closeTimeout: number
}

/** What comes back is in use again within two seconds: a check that hangs, a pause, and one that succeeds. */
const TIMING: ResourceTiming = {
  firstPause: 100,
  longestPause: 1000,
  attemptTimeout: 5000,
  checkInterval: 1000,
  failedCheckInterval: 500,
  checkTimeout: 1000,
  repeatInterval: 30_000,
  closeTimeout: 5000,
}
/** One lost packet is not an outage: so many checks in a row must fail. */
const FAILURES_UNTIL_DOWN = 2

/** What every resource is opened with, beside its own config. */
export interface ResourceSurroundings extends Pick<ResourceContext<unknown>, 'deployment' | 'version' | 'longestDeadline'> {
  logger: ServiceLogger
  meterOf(resource: string): ResourceContext<unknown>['meter']
}

interface Slot {
  name: string
  resource: Resource<unknown>
  config: Readonly<Record<string, unknown>>
  open: OpenResource<unknown> | undefined
  failures: number
  /** The failure to open that the log was told of last, and when. */
  told: { failure: string; at: number } | undefined
}

/** The resources of one running service: opened with backoff, checked each second, closed in reverse order. */
export class ResourceSet {
  readonly #slots: ReadonlyMap<string, Slot>
  readonly #surroundings: ResourceSurroundings
  readonly #logger: ServiceLogger
  readonly #timing: ResourceTiming
  readonly #stopping = new AbortController()
  #opening: Promise<unknown> | undefined
  #checks: Promise<void> | undefined
  /** Whether each resource has been tried once, or has taken long; migrating may, and whoever waits for the start must not end it. */
  isAttempted = false
  /** Whether what opens now comes too late for `close` to find it. */
  #isClosed = false

  constructor(
    resources: Readonly<Record<string, Resource<unknown>>>,
    configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    surroundings: ResourceSurroundings,
    timing = TIMING,
  ) {
    const slotOf = (name: string, resource: Resource<unknown>): Slot => ({
      name,
      resource,
      config: configs[name] ?? {},
      open: undefined,
      failures: 0,
      told: undefined,
    })
    this.#slots = new Map(Object.entries(resources).map(([name, resource]) => [name, slotOf(name, resource)]))
    this.#surroundings = surroundings
    this.#logger = surroundings.logger
    this.#timing = timing
  }

  get isUp(): boolean {
    return [...this.#slots.values()].every(isSlotUp)
  }

  states(): Record<string, 'up' | 'down'> {
    return Object.fromEntries([...this.#slots].map(([name, slot]) => [name, isSlotUp(slot) ? 'up' : 'down']))
  }

  /** @throws {ServiceError} `not_ready` while it is not open. */
  get(name: string): OpenResource<unknown> {
    const open = this.#slots.get(name)?.open
    if (!open) throw new ServiceError('not_ready', `The service's ${name} is not open yet.`, { retryAfter: 1 })
    return open
  }

  handles(): Record<string, unknown> {
    return Object.fromEntries([...this.#slots.keys()].map((name) => [name, this.get(name).handle]))
  }

  /** Resolves when all are open; rejects only when the set is closed before. */
  async open(): Promise<void> {
    const { firstPause, longestPause, attemptTimeout } = this.#timing
    const timer = setTimeout(() => {
      this.isAttempted = true
    }, attemptTimeout).unref()
    let pending = [...this.#slots.values()]
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      this.#opening = Promise.all(pending.map((slot) => this.#tryOpen(slot)))
      await this.#opening
      clearTimeout(timer)
      this.#stopping.signal.throwIfAborted()
      this.isAttempted = true
      pending = pending.filter(({ open }) => !open)
      if (pending.length === 0) break
      // Half fixed, half random, so that replicas that lost the same database don't come back in step.
      await sleep(pause / 2 + (Math.random() * pause) / 2, undefined, { signal: this.#stopping.signal })
    }
    if (this.#slots.size > 0) this.#checks = this.#checkUntilStopped()
  }

  /** Also closes what is being opened now. Never rejects, and waits for nothing longer than its timeout. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#checks
    await this.#inTime(this.#opening).catch((error: unknown) => this.#logger.error('A resource was still opening at the end', { error }))
    this.#isClosed = true
    for (const { name, open } of [...this.#slots.values()].reverse()) if (open) await this.#close(name, open)
  }

  async #close(name: string, open: OpenResource<unknown>): Promise<void> {
    try {
      await this.#inTime(open.close())
    } catch (error) {
      this.#logger.error(`${name} did not close`, { error })
    }
  }

  /** What `work` comes to, or a rejection when that takes too long. */
  async #inTime(work: Promise<unknown> | undefined): Promise<void> {
    const { closeTimeout } = this.#timing
    const timer = new AbortController()
    const timeout = sleep(closeTimeout, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`It took longer than ${closeTimeout / 1000} s.`)
    })
    try {
      await Promise.race([work, timeout])
    } finally {
      timer.abort()
    }
  }

  async #tryOpen(slot: Slot): Promise<void> {
    const { name, resource, config } = slot
    try {
      const { deployment, version, longestDeadline, meterOf } = this.#surroundings
      const log = this.#logger.child({ resource: name })
      const { signal } = this.#stopping
      const open = await resource.open({ name, deployment, version, config, log, longestDeadline, meter: meterOf(name), signal })
      if (this.#isClosed) await this.#close(name, open)
      else slot.open = open
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#tellFailure(slot, error)
    }
  }

  /** At once when it is another one than before, else now and then. */
  #tellFailure(slot: Slot, error: unknown): void {
    const now = performance.now()
    const failure = describeFailure(error)
    if (slot.told?.failure === failure && now - slot.told.at < this.#timing.repeatInterval) return
    slot.told = { failure, at: now }
    this.#logger.warn(`${slot.name} could not be opened and is tried again`, { error })
  }

  async #checkUntilStopped(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await Promise.all([...this.#slots.values()].map((slot) => this.#check(slot)))
      const { checkInterval, failedCheckInterval } = this.#timing
      const hasFailed = [...this.#slots.values()].some(({ failures }) => failures > 0)
      await sleep(hasFailed ? failedCheckInterval : checkInterval, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  async #check(slot: Slot): Promise<void> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(this.#timing.checkTimeout)])
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

/** Without what differs from one time to the next. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.name} ${(error as NodeJS.ErrnoException).code} ${error.message}`
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}
