import type { Service } from '@slipway/chassis'
import type { Deployment } from '../define-stack.ts'
import type { LifecycleContract } from './contract.ts'

/** Resources are closed within five seconds, and telemetry is flushed after them. */
const SLACK = 10

/** How long the end of a pod takes. A drain shorter than a request may take would cut it off, so it is as long unless the deployment says otherwise. */
export function toLifecycle({ routes }: Service, base: Readonly<Record<string, unknown>>, deployment: Deployment | undefined): LifecycleContract {
  const drainDelay = Number(base.DRAIN_DELAY ?? 0)
  const stated = Number(base.DRAIN_TIMEOUT ?? 0)
  const longestDeadline = Math.max(Number(base.REQUEST_DEADLINE ?? 0), ...routes.map(({ deadline = 0 }) => deadline))
  const drainTimeout = deployment?.config.DRAIN_TIMEOUT === undefined ? Math.max(stated, longestDeadline) : stated
  const parts = { drainDelay, drainTimeout, longestDeadline, slack: SLACK }
  return { ...parts, gracePeriod: deployment?.gracePeriod ?? leastGracePeriod(parts) }
}

/** Fewer seconds than these would have the kubelet end a pod that is still draining. */
export function leastGracePeriod({ drainDelay, drainTimeout, slack }: Omit<LifecycleContract, 'gracePeriod'>): number {
  return Math.ceil(drainDelay + drainTimeout + slack)
}
