/**
 * Warnings for environment variables that are no config key but close to one that is not set: most likely misspelt.
 * Close is at most two edits (one for short names), counted as Damerau and Levenshtein do, with neighbours swapped as one edit.
 */
export function misspeltKeys(known: readonly string[], environment: Readonly<Record<string, string | undefined>>): string[] {
  const unset = known.filter((key) => environment[key] === undefined && environment[`${key}_FILE`] === undefined)
  const isKnown = new Set(known.flatMap((key) => [key, `${key}_FILE`]))
  return Object.keys(environment).flatMap((name) => {
    if (isKnown.has(name) || environment[name] === undefined) return []
    const meant = closestKey(name, unset)
    return meant === undefined ? [] : [`${name} is not a config key; ${meant} is, and it is not set. Rename it if that was meant.`]
  })
}

/** The known key that a name was most likely meant to be; undefined where none is close. */
export function closestKey(name: string, known: readonly string[]): string | undefined {
  return known.find((key) => isClose(name, key))
}

function isClose(name: string, key: string): boolean {
  const allowed = key.length > 6 ? 2 : 1
  return Math.abs(name.length - key.length) <= allowed && name.length > 3 && isWithin(allowed, name.toUpperCase(), key)
}

/**
 * Whether so few edits make one text of the other. Only cells this near to the diagonal can be that few, and a row without one ends it:
 * at each start this runs for every variable and every key, and the whole table took a fifth of a native executable's start.
 */
function isWithin(allowed: number, a: string, b: string): boolean {
  const far = allowed + 1
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current: number[] = []
    if (row <= allowed) current[0] = row
    let least = current[0] ?? far
    for (let column = Math.max(1, row - allowed); column <= Math.min(b.length, row + allowed); column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1
      let best = Math.min((current[column - 1] ?? far) + 1, (previous[column] ?? far) + 1, (previous[column - 1] ?? far) + cost)
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) best = Math.min(best, (beforePrevious[column - 2] ?? far) + 1)
      current[column] = best
      least = Math.min(least, best)
    }
    if (least > allowed) return false
    beforePrevious = previous
    previous = current
  }
  return (previous[b.length] ?? far) <= allowed
}
