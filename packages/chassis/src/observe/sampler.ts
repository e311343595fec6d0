/** The names that OTEL_TRACES_SAMPLER may have (OpenTelemetry specification, environment variables). */
export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio'

/** Whether a trace is recorded, from the randomness of its id and, where there is a parent, the parent's decision. */
export type Sampler = (randomness: number, isParentSampled: boolean | undefined) => boolean

/** The ratio is compared with the random part of the trace id (W3C Trace Context, level 2), so that every service of a trace decides alike. */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  const threshold = Math.round((1 - ratio) * 2 ** 28)
  const byRatio: Sampler = (randomness) => randomness >= threshold
  switch (name) {
    case 'always_on':
      return () => true
    case 'always_off':
      return () => false
    case 'traceidratio':
      return byRatio
    case 'parentbased_always_on':
      return (_randomness, isParentSampled) => isParentSampled ?? true
    case 'parentbased_always_off':
      return (_randomness, isParentSampled) => isParentSampled ?? false
    case 'parentbased_traceidratio':
      return (randomness, isParentSampled) => isParentSampled ?? byRatio(randomness, undefined)
  }
}
