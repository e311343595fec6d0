import type { ServiceError } from '../definition/service-error.ts'
import { inputErrors } from '../http/input-errors.ts'

/** Where a page ends: what its last object sorts by, and its place among those that sort alike. */
export interface PagePosition {
  value: string | number | null
  position: number
}

/** What stands in a column that a list is sorted by. */
export interface SortValues {
  holds: 'string' | 'number'
  /** @default false */
  isNullable?: boolean
}

/** Opaque to clients. It names the order that it is a place in, for in another order it would be nonsense. */
export function writeCursor(sort: string, { value, position }: PagePosition): string {
  return Buffer.from(JSON.stringify([sort, position, value])).toString('base64url')
}

/**
 * @param values What the list is sorted by; undefined for the order of insertion.
 * @throws {ServiceError} `validation_failed` for what {@link writeCursor} did not write, or wrote for another order
 */
export function readCursor(sort: string, cursor: string, values: SortValues | undefined): PagePosition {
  const [ofSort, position, value] = partsOf(cursor)
  if (typeof ofSort === 'string' && ofSort !== sort) throw refuse('It is of another sort; start again without it')
  const read = { position, value } as PagePosition
  // Decoding is lenient, with base64 as with JSON: only what would be written again is what was written.
  const isOwn = Number.isSafeInteger(position) && isValueOf(values, value) && writeCursor(sort, read) === cursor
  if (!isOwn) throw refuse('It must be one that a Link header of this collection held')
  return read
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}

function isValueOf(values: SortValues | undefined, value: unknown): boolean {
  if (value === null) return values === undefined || values.isNullable === true
  return typeof value === values?.holds
}

function refuse(message: string): ServiceError {
  return inputErrors('validation_failed', [{ path: 'query.cursor', message }])
}
