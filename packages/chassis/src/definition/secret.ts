import type { z } from 'zod'

/**
 * Marks a config key as secret: its value is never printed, logged, rendered or put into a generated file,
 * and `KEY_FILE` may name a mounted file that holds it.
 *
 * @example config: { SMTP_PASSWORD: secret(z.string().min(1)).describe('The password of the mail relay.') }
 */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), secret: true })
}

/** Whether a schema, or one that it wraps with `optional` or `default`, was marked with {@link secret}. */
export function isSecret(schema: z.core.$ZodType): boolean {
  for (let current: z.core.$ZodType | undefined = schema; current; current = innerSchema(current)) {
    if ((current as z.ZodType).meta()?.secret === true) return true
  }
  return false
}

/** What a wrapping schema (`optional`, `default`, `nullable`, `prefault`, `readonly`, `catch`) wraps; undefined for any other. */
export function innerSchema(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const { def } = schema._zod
  return 'innerType' in def ? (def.innerType as z.core.$ZodType) : undefined
}
