/** The names that OTEL_TRACES_SAMPLER may have (OpenTelemetry specification, environment variables). */
export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio'

/** Whether a trace is recorded, from its id and, where there is a parent, the parent's decision. */
export type Sampler = (traceId: string, isParentSampled: boolean | undefined) => boolean

/** The ratio is compared with the low bits of the trace id, so that every service of a trace decides alike. */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  const threshold = ratio * 2 ** 52
  const byRatio: Sampler = (traceId) => low52Bits(traceId) < threshold
  switch (name) {
    case 'always_on':
      return () => true
    case 'always_off':
      return () => false
    case 'traceidratio':
      return byRatio
    case 'parentbased_always_on':
      return (_traceId, isParentSampled) => isParentSampled ?? true
    case 'parentbased_always_off':
      return (_traceId, isParentSampled) => isParentSampled ?? false
    case 'parentbased_traceidratio':
      return (traceId, isParentSampled) => isParentSampled ?? byRatio(traceId, undefined)
  }
}

/** By hand, because parseInt on a piece of the id costs as much as the rest of an unsampled request's tracing. */
function low52Bits(traceId: string): number {
  let value = 0
  for (let index = 19; index < 32; index++) {
    const code = traceId.charCodeAt(index)
    value = value * 16 + (code < 58 ? code - 48 : code - 87)
  }
  return value
}
