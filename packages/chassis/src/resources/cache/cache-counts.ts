/** What a cache has counted since the start. */
export class CacheCounts {
  hit = 0
  stale = 0
  miss = 0
  loaded = 0
  failedLoads = 0
  /** Of the shared layer, by what was being done. */
  readonly errors: Record<SharedOperation, number> = { connect: 0, ping: 0, claim: 0, renew: 0, store: 0, forget: 0, release: 0, parse: 0 }
}

/** `parse` is what was read and was none of ours; the others are asked of Redis. */
export type SharedOperation = 'connect' | 'ping' | 'claim' | 'renew' | 'store' | 'forget' | 'release' | 'parse'
