import { ServiceError } from '../definition/service-error.ts'

/** Where a page ends: what its last object sorts by, and its place among those that sort alike. */
export interface PagePosition {
  value: string | number | null
  position: number
}

/** Opaque to clients. It names the order that it is a place in, for in another order it would be nonsense. */
export function writeCursor(sort: string, { value, position }: PagePosition): string {
  return Buffer.from(JSON.stringify([sort, position, value])).toString('base64url')
}

/** @throws {ServiceError} `validation_failed` for what {@link writeCursor} did not write, or wrote for another order. */
export function readCursor(sort: string, cursor: string): PagePosition {
  const [ofSort, position, value] = partsOf(cursor)
  if (!Number.isSafeInteger(position) || !isSortable(value)) throw refuse('It must be one that a Link header of this collection held')
  if (ofSort !== sort) throw refuse('It is of another sort; start again without it')
  return { position: position as number, value }
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}

function isSortable(value: unknown): value is PagePosition['value'] {
  return value === null || typeof value === 'string' || Number.isFinite(value)
}

function refuse(message: string): ServiceError {
  return new ServiceError('validation_failed', `query.cursor: ${message}.`, { errors: [{ path: 'query.cursor', message }] })
}
