import type { ResourceMeter } from '../../definition/resource.ts'
import type { CacheCounts, SharedOperation } from './cache-counts.ts'
import type { MemoryLayer } from './memory-layer.ts'

export interface MeasuredCache {
  counts: CacheCounts
  memory: Pick<MemoryLayer<unknown>, 'size' | 'bytes' | 'evictions'>
  /** Undefined where there is no shared layer. */
  isSharedUp(): boolean | undefined
}

/** Registers what a cache measures; everything is read at a scrape, so that a hit costs one addition. */
export function measureCache(resource: string, { counts, memory, isSharedUp }: MeasuredCache, meter: ResourceMeter): void {
  const labels = { resource }
  meter.counter({ name: 'cache_requests_total', help: 'Values asked of the cache, by outcome.', labels: ['resource', 'outcome'] }, () =>
    (['hit', 'stale', 'miss'] as const).map((outcome) => ({ labels: { resource, outcome }, value: counts[outcome] })),
  )
  meter.counter({ name: 'cache_loads_total', help: 'Loads of values for the cache, by outcome.', labels: ['resource', 'outcome'] }, () => [
    { labels: { resource, outcome: 'ok' }, value: counts.loaded },
    { labels: { resource, outcome: 'error' }, value: counts.failedLoads },
  ])
  meter.counter({ name: 'cache_errors_total', help: 'Failures of the shared layer, by operation.', labels: ['resource', 'operation'] }, () =>
    (Object.keys(counts.errors) as SharedOperation[]).map((operation) => ({ labels: { resource, operation }, value: counts.errors[operation] })),
  )
  meter.gauge({ name: 'cache_entries', help: 'Entries in memory.', labels: ['resource'] }, () => [{ labels, value: memory.size }])
  meter.gauge({ name: 'cache_size_bytes', help: 'Keys, two bytes a character, and values, as JSON, in memory.', labels: ['resource'] }, () => [
    { labels, value: memory.bytes },
  ])
  meter.counter({ name: 'cache_evictions_total', help: 'Entries that made room for others in memory.', labels: ['resource'] }, () => [
    { labels, value: memory.evictions },
  ])
  meter.gauge({ name: 'cache_shared_up', help: 'Whether the shared layer answers, 1 or 0.', labels: ['resource'] }, () => {
    const isUp = isSharedUp()
    return isUp === undefined ? [] : [{ labels, value: Number(isUp) }]
  })
}
