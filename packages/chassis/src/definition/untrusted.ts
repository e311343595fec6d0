import type { z } from 'zod'

// What checks a definition trusts no type: it may come from JavaScript, or through a cast.

/** Sentences, one for each thing that is wrong. */
export type Faults = Iterable<string>

export function isSchema(value: unknown): value is z.ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value
}

export function isOneLine(text: unknown): boolean {
  return typeof text === 'string' && text.trim().length > 0 && !text.includes('\n')
}

/** A pattern's own `test` would make the text "undefined" of a name that is missing. */
export function matches(pattern: RegExp, text: unknown): boolean {
  return typeof text === 'string' && pattern.test(text)
}

export function isStatus(status: unknown, from: number, to: number): boolean {
  return Number.isInteger(status) && from <= (status as number) && (status as number) <= to
}

export function listOf<Item>(value: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(value) ? value : []
}
