import type { Contender, RuntimeName } from '../part.ts'
import type { Measurement } from './visit-contender.ts'

/** A contender's row in the table. */
export interface Row {
  label: string
  runtime: RuntimeName
  /** Of CPU time per request: the median over all rounds, and the extremes. */
  microseconds: { median: number; min: number; max: number }
  /** The median over all rounds of what a round's cost was, as a multiple of the baseline's in the same round. Undefined without a baseline. */
  ratio: number | undefined
  /** The lowest cost as a multiple of the baseline's lowest: what disturbs a measurement only ever adds to it. Undefined without a baseline. */
  ratioOfLowest: number | undefined
  requestsPerSecond: number
  p99Milliseconds: number
  residentMegabytes: number
  /** The largest of all rounds: the share of the time in which other processes had one of the two cores. Not a number where nothing is pinned. */
  disturbance: number
  /** Why the row does not count; empty when it does. */
  problems: string[]
  rounds: Measurement[]
}

/** @param visits The measurements of each contender, one for each round. */
export function summariseVisits(visits: ReadonlyMap<Contender, Measurement[]>): Row[] {
  const baselineOf = (runtime: RuntimeName) => [...visits].find(([contender]) => contender.isBaseline && contender.runtime === runtime)?.[1]
  return [...visits].map(([{ label, runtime }, rounds]) => {
    const costs = rounds.map(({ microsecondsPerRequest }) => microsecondsPerRequest)
    const baseline = baselineOf(runtime)?.map(({ microsecondsPerRequest }) => microsecondsPerRequest)
    return {
      label,
      runtime,
      microseconds: { median: median(costs), min: lowest(costs), max: Math.max(...costs.filter(Number.isFinite)) },
      // Within a round, because the machine's speed drifts from one to the next.
      ratio: baseline && median(baseline.map((cost, round) => (costs[round] ?? Number.NaN) / cost)),
      ratioOfLowest: baseline && lowest(costs) / lowest(baseline),
      requestsPerSecond: median(rounds.map((round) => round.requestsPerSecond)),
      p99Milliseconds: median(rounds.map((round) => round.p99Milliseconds)),
      residentMegabytes: median(rounds.map((round) => round.residentMegabytes)),
      disturbance: Math.max(...rounds.map((round) => round.disturbance)),
      problems: rounds.flatMap(({ problems }, round) => problems.map((problem) => `Round ${round + 1}: ${problem}`)),
      rounds,
    }
  })
}

function lowest(numbers: readonly number[]): number {
  return Math.min(...numbers.filter(Number.isFinite))
}

/** Of those that are numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
