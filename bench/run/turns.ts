import { median } from './compare-costs.ts'

/** What one second of load on a contender cost. */
export interface Turn {
  requests: number
  seconds: number
  /** Of CPU time, user and system, of the measured process and of those that descend from it. */
  microseconds: number
  p99Milliseconds: number
  /** The share of the time in which the server's core or the load generator's worked for others. Not a number where nothing is pinned. */
  disturbance: number
}

/** What the turns of one round say together. */
export interface Measurement {
  microsecondsPerRequest: number
  requestsPerSecond: number
  /** The median over the turns. */
  p99Milliseconds: number
  residentMegabytes: number
  disturbance: number
  /** Sentences: why the measurement does not count. */
  problems: string[]
}

/** Above this share of a core for others, a turn is repeated … */
const LARGEST_DISTURBANCE = 0.1
/** … as long as there were no more turns than so many times as many as are wanted. */
export const MOST_TURNS = 3

export function wantsTurn(turns: readonly Turn[], wanted: number): boolean {
  const quiet = turns.filter(({ disturbance }) => !(disturbance > LARGEST_DISTURBANCE)).length
  return quiet < wanted && turns.length < wanted * MOST_TURNS
}

/** On a machine that does other work too, some turns meet it: the least disturbed ones count. Their requests and costs are added up, so that garbage is collected in some of them, as it is. */
export function sumUpTurns(turns: readonly Turn[], wanted: number): Omit<Measurement, 'residentMegabytes' | 'problems'> {
  const counted = turns.toSorted((one, other) => (one.disturbance || 0) - (other.disturbance || 0)).slice(0, wanted)
  const sum = (of: (turn: Turn) => number) => counted.reduce((total, turn) => total + of(turn), 0)
  const [requests, seconds] = [sum((turn) => turn.requests), sum((turn) => turn.seconds)]
  return {
    microsecondsPerRequest: sum((turn) => turn.microseconds) / requests,
    requestsPerSecond: requests / seconds,
    p99Milliseconds: median(counted.map(({ p99Milliseconds }) => p99Milliseconds)),
    disturbance: sum((turn) => turn.disturbance * turn.seconds) / seconds,
  }
}
