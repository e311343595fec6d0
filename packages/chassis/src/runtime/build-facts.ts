declare global {
  /** Put in place by `slipway build`; absent when the source is run as it is. */
  var SLIPWAY_BUILD: { version: string; revision: string } | undefined
}

export interface BuildFacts {
  /** The service's version, from its package.json. */
  version: string
  /** The commit that it was built from. */
  revision: string
}

export const buildFacts: BuildFacts = typeof SLIPWAY_BUILD === 'undefined' ? { version: '0.0.0-development', revision: 'unknown' } : SLIPWAY_BUILD
