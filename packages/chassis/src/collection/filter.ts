import type { z } from 'zod'

/** A query parameter that leaves objects out. */
export interface Filter {
  /** What the parameter takes. */
  schema: z.ZodType
  column: string
  operator: '=' | 'like'
  /** The parameter's value as the column is compared with it. */
  toValue(value: unknown): unknown
}

/** Objects whose column has the value. */
export function equals<Value>(column: string, schema: z.ZodType<Value>, toValue: (value: Value) => unknown = (value) => value): Filter {
  return { column, schema, operator: '=', toValue: toValue as Filter['toValue'] }
}

/** Objects whose column contains the text. For a search without regard to case, give a column of {@link foldCase}d text. */
export function contains(column: string, schema: z.ZodType<string>): Filter {
  return { column, schema, operator: 'like', toValue: (value) => `%${foldCase(String(value)).replace(/[!%_]/g, '!$&')}%` }
}

/**
 * Text as it is compared without regard to case. Databases fold only ASCII, or by a language of their own, so this is stored beside the text.
 * By way of upper case, so that ß, and ẞ with it, is ss, and ς is σ wherever it stands. It has at most three times as many characters.
 */
export function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC')
}
