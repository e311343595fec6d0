import { ServiceError } from '../definition/service-error.ts'
import type { HealthSource } from '../http/health.ts'
import type { ResourceSet } from './open-resources.ts'

export type LifecycleState = 'starting' | 'ready' | 'draining' | 'stopped'

/** Where the process is on its path. It only ever moves forward. */
export class Lifecycle implements HealthSource {
  readonly #resources: ResourceSet
  state: LifecycleState = 'starting'

  constructor(resources: ResourceSet) {
    this.#resources = resources
  }

  get isStarted(): boolean {
    return this.state !== 'starting' || this.#resources.isAttempted
  }

  get isReady(): boolean {
    return this.state === 'ready' && this.#resources.isUp
  }

  get isDraining(): boolean {
    return this.state === 'draining' || this.state === 'stopped'
  }

  resourceStates(): Readonly<Record<string, 'up' | 'down'>> {
    return this.#resources.states()
  }

  /** @throws {ServiceError} `not_ready` before the first readiness. Later a resource that is down fails only what uses it. */
  checkServing(): void {
    if (this.state === 'starting') throw new ServiceError('not_ready', 'The service is starting.', { retryAfter: 1 })
  }
}
