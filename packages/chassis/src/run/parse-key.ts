import type { ConfigKey } from './config-keys.ts'
import { convertText, explainMissing, explainProblem } from './config-text.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The text of a key; an OTEL_* key that is set and empty counts as unset (OpenTelemetry specification, environment variables). */
export function textOf({ key }: ConfigKey, environment: Environment): string | undefined {
  const text = environment[key]
  return text === '' && key.startsWith('OTEL_') ? undefined : text
}

/** The value of a key, or the sentence that says what is wrong with its text. */
export function parseKey({ key, schema, isSecret }: ConfigKey, text: string | undefined): { value: unknown } | { problem: string } {
  const result = schema.safeParse(text === undefined ? undefined : convertText(schema, text))
  if (result.success) return { value: result.data }
  if (text === undefined) return { problem: explainMissing(key, schema, isSecret) }
  return { problem: explainProblem(key, schema, text, result.error.issues, isSecret) }
}
