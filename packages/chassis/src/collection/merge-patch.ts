type Json = unknown

/** JSON Merge Patch (RFC 7396): null removes a member, an object is merged into the one that is there, anything else takes its place. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  const merged = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), value))
  }
  // From entries, so that a member named __proto__ stays a member.
  return Object.fromEntries(merged)
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
