import { createHash } from 'node:crypto'

/** What a config can be found by: a path into it, and the text of the scalar that stands there. */
export interface Condition {
  path: string
  text: string
}

/** Every scalar of a value, by its path: `metadata.limits.cpu.enabled` is `true`. */
export function* conditionsOf(value: unknown, path = ''): Generator<Condition> {
  if (typeof value !== 'object' || value === null) {
    yield { path, text: String(value) }
    return
  }
  for (const [key, member] of Object.entries(value)) yield* conditionsOf(member, path === '' ? key : `${path}.${key}`)
}

/** A condition as it is stored and looked for: of fixed size, whatever its path and text. */
export function digestOf({ path, text }: Condition): string {
  return createHash('sha256')
    .update(JSON.stringify([path, text]))
    .digest('base64url')
}
