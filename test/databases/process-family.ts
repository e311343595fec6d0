import { readdirSync, readFileSync } from 'node:fs'

/** A process and all that descend from it, itself first. PostgreSQL gives each of its children a process group, so that a group isn't all of them. */
export function processFamily(ancestor: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), statusOf(Number(name))?.parent] as const)
  const family = [ancestor]
  for (const member of family) family.push(...parents.filter(([, parent]) => parent === member).map(([process]) => process))
  return family
}

/** Whether a process runs or could run again; a dead one that nobody has asked about yet does not. */
export function isAlive(process: number): boolean {
  const status = statusOf(process)
  return status !== undefined && status.state !== 'Z' && status.state !== 'X'
}

/** See proc(5): `1234 (its name, with any character) S 1 …`. */
function statusOf(process: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${process}/stat`, 'utf8')
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ') as [string, string]
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}
