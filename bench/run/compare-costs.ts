import type { Contender } from '../part.ts'
import type { Measurement } from './turns.ts'

/** Whether two contenders are asked the same of the same database. */
export function isSameTable(one: Pick<Contender, 'operation' | 'database'>, other: Pick<Contender, 'operation' | 'database'>): boolean {
  return one.operation === other.operation && one.database === other.database
}

export function costsOf(rounds: readonly Measurement[]): number[] {
  return rounds.map(({ microsecondsPerRequest }) => microsecondsPerRequest)
}

/** Within a round, because the machine's speed drifts from one to the next. */
export function medianRatio(costs: readonly number[], others: readonly number[]): number {
  return median(others.map((cost, round) => (costs[round] ?? Number.NaN) / cost))
}

export function lowest(numbers: readonly number[]): number {
  return Math.min(...numbers.filter(Number.isFinite))
}

/** Of those that are numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
