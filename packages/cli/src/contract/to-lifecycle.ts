import type { Service } from '@slipway/chassis'
import type { LifecycleContract } from './contract.ts'

/** Resources are closed within five seconds, and telemetry is flushed after them. */
const SLACK = 10

/** How long the end of a pod takes. A drain shorter than a request may take would cut it off, so it is as long unless the deployment says otherwise. */
export function toLifecycle(
  { routes }: Service,
  base: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, string>>,
): LifecycleContract {
  const drainDelay = Number(base.DRAIN_DELAY ?? 0)
  const stated = Number(base.DRAIN_TIMEOUT ?? 0)
  const longestDeadline = Math.max(Number(base.REQUEST_DEADLINE ?? 0), ...routes.map(({ deadline = 0 }) => deadline))
  const drainTimeout = config.DRAIN_TIMEOUT === undefined ? Math.max(stated, longestDeadline) : stated
  return { drainDelay, drainTimeout, longestDeadline, slack: SLACK, gracePeriod: Math.ceil(drainDelay + drainTimeout + SLACK) }
}
