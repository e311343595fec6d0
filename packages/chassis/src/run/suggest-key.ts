/**
 * Warnings for environment variables that are no config key but close to one that is not set: most likely misspelt.
 * Close is at most two edits (one for short names), counted as Damerau and Levenshtein do, with neighbours swapped as one edit.
 */
export function misspeltKeys(known: readonly string[], environment: Readonly<Record<string, string | undefined>>): string[] {
  const unset = known.filter((key) => environment[key] === undefined && environment[`${key}_FILE`] === undefined)
  const isKnown = new Set(known.flatMap((key) => [key, `${key}_FILE`]))
  return Object.keys(environment).flatMap((name) => {
    if (isKnown.has(name) || environment[name] === undefined) return []
    const meant = unset.find((key) => isClose(name, key))
    return meant === undefined ? [] : [`${name} is not a config key; ${meant} is, and it is not set. Rename it if that was meant.`]
  })
}

function isClose(name: string, key: string): boolean {
  const allowed = key.length > 6 ? 2 : 1
  return Math.abs(name.length - key.length) <= allowed && name.length > 3 && distance(name.toUpperCase(), key) <= allowed
}

function distance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1
      let best = Math.min((current[column - 1] ?? 0) + 1, (previous[column] ?? 0) + 1, (previous[column - 1] ?? 0) + cost)
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) best = Math.min(best, (beforePrevious[column - 2] ?? 0) + 1)
      current.push(best)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length] ?? 0
}
