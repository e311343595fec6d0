/** `key=value` pairs separated by commas, percent-encoded, as OTEL_RESOURCE_ATTRIBUTES and OTEL_EXPORTER_OTLP_HEADERS have them (W3C Baggage). */
export function parsePairs(text: string | undefined): Record<string, string> {
  const pairs: [string, string][] = []
  for (const pair of text?.split(',') ?? []) {
    const separator = pair.indexOf('=')
    if (separator > 0) pairs.push([pair.slice(0, separator).trim(), decoded(pair.slice(separator + 1).trim())])
  }
  return Object.fromEntries(pairs)
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
