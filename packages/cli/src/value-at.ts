/** What is at a path like `image.tag`, and the object itself at an empty one. Undefined where the path leads nowhere. */
export function valueAt(object: object, path: string): unknown {
  let value: unknown = object
  for (const name of path.split('.').filter(Boolean)) value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name]
  return value
}
