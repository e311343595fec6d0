import { nameContender } from '../run/name-contender.ts'
import type { Row } from '../run/summarise-visits.ts'

/** Below this share, what others did is lost in the noise. */
const NOTABLE_DISTURBANCE = 0.03

/** A sentence, where there is something to tell. */
export function disturbances(rows: readonly Row[]): string[] {
  const disturbed = rows.filter(({ disturbance }) => disturbance > NOTABLE_DISTURBANCE)
  if (disturbed.length === 0) return []
  const names = disturbed.map((row) => `${nameContender(row)} ${(row.disturbance * 100).toFixed(0)} %`)
  const cause =
    "The machine was busy: other processes had the server's core, or the load generator's, for a part of the measured time, which makes every request dearer."
  return [`${cause} At most: ${names.join(', ')}.`]
}
