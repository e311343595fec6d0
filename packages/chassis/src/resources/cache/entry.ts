import type { CachePolicy } from './cache-options.ts'

/** A value and how long it may be served; times are milliseconds since the epoch, which replicas share. */
export interface Entry<Value> {
  readonly value: Value
  readonly storedAt: number
  /** Before then it is not fresh either: the clock has been put back, and it would be for as long as that takes to make up. */
  readonly freshFrom: number
  readonly freshUntil: number
  /** Until then it is served while a load renews it. */
  readonly staleUntil: number
  /** Until then it is served where a load fails. */
  readonly errorUntil: number
  /** Before then, no other load is tried in its place. */
  retryAt: number
}

/** The part of the fresh time that chance may take away. */
const JITTER = 0.1

export type Lifetimes = Pick<CachePolicy<unknown>, 'fresh' | 'staleWhileRevalidate' | 'staleIfError'>

export function entryOf<Value>(value: Value, storedAt: number, { fresh, staleWhileRevalidate, staleIfError }: Lifetimes): Entry<Value> {
  const freshEnd = storedAt + fresh * 1000
  return {
    value,
    storedAt,
    freshFrom: storedAt - fresh * 1000,
    freshUntil: freshEnd - Math.random() * JITTER * fresh * 1000,
    staleUntil: freshEnd + staleWhileRevalidate * 1000,
    errorUntil: freshEnd + staleIfError * 1000,
    retryAt: 0,
  }
}

/** Milliseconds for which the shared layer keeps an entry. */
export function keepMilliseconds({ fresh, staleWhileRevalidate, staleIfError }: Lifetimes): number {
  return Math.ceil((fresh + Math.max(staleWhileRevalidate, staleIfError)) * 1000)
}
