import type { NetworkNeed } from '@slipway/chassis'
import type { Contract } from '../contract/contract.ts'

/** What a cache may take of the memory limit, in percent: strings in the heap take about twice their bytes. */
const CACHE_PERCENT = 15

/** None where the service has no cache, or where its deployment says how large it is. */
export function cachePercentOf({ config, deployment }: Contract): number {
  const hasCache = config.some(({ key, owner }) => key === 'CACHE_MAX_BYTES' && owner !== 'service')
  return hasCache && deployment?.config.CACHE_MAX_BYTES === undefined ? CACHE_PERCENT : 0
}

/** Where its pods lead to. */
export function egressOf({ resources, telemetry }: Contract): NetworkNeed[] {
  return [...resources.flatMap(({ network }) => network), ...telemetry.network]
}

/** Those that say of themselves that they may take longer than others. */
export function slowRoutesOf({ routes }: Contract): string[] {
  return [...new Set(routes.filter(({ deadline }) => deadline !== undefined).map(({ path }) => path))]
}
