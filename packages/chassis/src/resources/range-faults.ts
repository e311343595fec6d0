export interface Range {
  least: number
  most: number
  /** What it counts. */
  unit: string
  isWhole?: boolean
}

/** A sentence where an option of a definition is no such number. */
export function* rangeFaults(name: string, value: unknown, { least, most, unit, isWhole = false }: Range): Iterable<string> {
  const fits = typeof value === 'number' && value >= least && value <= most && (!isWhole || Number.isInteger(value))
  if (!fits) yield `Its ${name} must be a ${isWhole ? 'whole ' : ''}number of ${unit} from ${least} to ${most}; it is ${String(value)}.`
}
