import type { Pinning } from '../host/pinning.ts'
import { coreMicroseconds, cpuMicroseconds, endedChildrenMicroseconds } from '../host/process-usage.ts'

/** CPU time up to a moment, and the moment, in microseconds. */
export interface Usage {
  at: number
  /** Of the process whose cost it is. */
  measured: number
  /** The load generators that have ended, the helpers, and what of the contender is not measured. */
  load: number
  serverCore: number
  loadCore: number
}

export interface UsageOptions {
  serverPid: number
  measuredPid: number
  helperPids: readonly number[]
  pinning: Pinning
}

export function readUsage({ serverPid, measuredPid, helperPids, pinning: { cores } }: UsageOptions): Usage {
  const measured = cpuMicroseconds(measuredPid)
  return {
    at: performance.now() * 1000,
    measured,
    load: helperPids.reduce((sum, pid) => sum + cpuMicroseconds(pid), endedChildrenMicroseconds() + cpuMicroseconds(serverPid) - measured),
    serverCore: cores ? coreMicroseconds(cores.server) : Number.NaN,
    loadCore: cores ? coreMicroseconds(cores.load) : Number.NaN,
  }
}

/**
 * The share of the time in which one of the two cores worked for others, whichever had more of that. On the server's, they make its caches cold;
 * on the load generator's, they make the server wait, and what it does once for each wait is then done for fewer requests.
 * Not a number where nothing is pinned.
 */
export function disturbanceBetween(before: Usage, after: Usage): number {
  const othersOnServerCore = after.serverCore - before.serverCore - (after.measured - before.measured)
  const othersOnLoadCore = after.loadCore - before.loadCore - (after.load - before.load)
  return Math.max(0, othersOnServerCore, othersOnLoadCore) / (after.at - before.at)
}
