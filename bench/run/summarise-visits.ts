import type { Contender, RuntimeName } from '../part.ts'
import { costsOf, isSameTable, lowest, median, medianRatio } from './compare-costs.ts'
import { judgeBounds, type Verdict } from './judge-bounds.ts'
import type { Measurement } from './turns.ts'

/** A contender's row in the table. */
export interface Row {
  label: string
  runtime: RuntimeName
  operation: string | undefined
  database: string | undefined
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
  /** One for each bound of the contender. */
  verdicts: Verdict[]
  /** Why the row does not count; empty when it does. */
  problems: string[]
  rounds: Measurement[]
}

/** @param visits The measurements of each contender, one for each round. */
export function summariseVisits(visits: ReadonlyMap<Contender, Measurement[]>): Row[] {
  return [...visits].map(([contender, rounds]) => {
    const { label, runtime, operation, database } = contender
    const costs = costsOf(rounds)
    const baselineRounds = [...visits].find(([other]) => other.isBaseline && other.runtime === runtime && isSameTable(other, contender))?.[1]
    const baseline = baselineRounds && costsOf(baselineRounds)
    return {
      label,
      runtime,
      operation,
      database,
      microseconds: { median: median(costs), min: lowest(costs), max: Math.max(...costs.filter(Number.isFinite)) },
      ratio: baseline && medianRatio(costs, baseline),
      ratioOfLowest: baseline && lowest(costs) / lowest(baseline),
      requestsPerSecond: median(rounds.map((round) => round.requestsPerSecond)),
      p99Milliseconds: median(rounds.map((round) => round.p99Milliseconds)),
      residentMegabytes: median(rounds.map((round) => round.residentMegabytes)),
      disturbance: Math.max(...rounds.map((round) => round.disturbance)),
      verdicts: judgeBounds(contender, visits),
      problems: rounds.flatMap(({ problems }, round) => problems.map((problem) => `Round ${round + 1}: ${problem}`)),
      rounds,
    }
  })
}
