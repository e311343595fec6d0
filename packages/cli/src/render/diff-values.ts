/** A dashboard is a text of thousands of characters. */
const LONGEST = 80

/** A line for each place where two values of plain data differ: `spec.replicas: 2 -> 3`. */
export function* diffValues(before: unknown, after: unknown, path = ''): Iterable<string> {
  if (before === after) return
  if (Array.isArray(before) && Array.isArray(after)) {
    yield* diffLists(before, after, path)
  } else if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* diffValues(before[key], after[key], path === '' ? key : `${path}.${key}`)
    }
  } else {
    yield `${path}: ${show(before)} -> ${show(after)}`
  }
}

/** What has a name is compared with its namesake, or one that is put before others would change them all. */
function* diffLists(before: readonly unknown[], after: readonly unknown[], path: string): Iterable<string> {
  const isNamed = [...before, ...after].every((item) => isObject(item) && typeof item.name === 'string')
  const nameOf = (item: unknown, index: number) => (isNamed ? (item as { name: string }).name : index)
  const old = new Map(before.map((item, index) => [nameOf(item, index), { item, index }]))
  for (const [index, item] of after.entries()) {
    const name = nameOf(item, index)
    yield* diffValues(old.get(name)?.item, item, `${path}[${index}]`)
    old.delete(name)
  }
  for (const { item, index } of old.values()) yield* diffValues(item, undefined, `${path}[${index}]`)
}

function show(value: unknown): string {
  if (value === undefined) return '(none)'
  const text = typeof value === 'string' && /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
