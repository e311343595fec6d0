/** Has a share of a server's requests traced, and the traces sent there over OTLP/HTTP, to a place of the visit's own; nothing where the share is 0. */
export function tracingEnvironment(traces: string, sampledRatio: number): Readonly<Record<string, string>> {
  if (sampledRatio === 0) return {}
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${traces}/{visit}`,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: String(sampledRatio),
  }
}
