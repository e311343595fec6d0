import type { Contender } from '../part.ts'
import { costsOf, isSameTable, medianRatio } from './compare-costs.ts'
import type { Measurement } from './turns.ts'

/** What came of a bound. */
export interface Verdict {
  /** The label of the one that is compared with. */
  to: string
  atMost: number
  /** The median over all rounds of the cost as a multiple of the other one's in the same round. */
  ratio: number
  isHeld: boolean
}

type Visits = ReadonlyMap<Contender, readonly Measurement[]>

/** Bounds to contenders that were left out are not judged. */
export function judgeBounds(contender: Contender, visits: Visits): Verdict[] {
  return (contender.bounds ?? []).flatMap(({ to, atMost }) => {
    const other = findOther(to, contender, visits)
    if (!other) return []
    const rounds = visits.get(contender) ?? []
    const isValid = [...rounds, ...other].every(({ problems }) => problems.length === 0)
    const ratio = medianRatio(costsOf(rounds), costsOf(other))
    return [{ to, atMost, ratio, isHeld: isValid && ratio <= atMost }]
  })
}

function findOther(label: string, contender: Contender, visits: Visits): readonly Measurement[] | undefined {
  const named = [...visits].filter(([other]) => other.label === label && isSameTable(other, contender))
  const found = named.find(([{ runtime }]) => runtime === contender.runtime) ?? named[0]
  return found?.[1]
}
