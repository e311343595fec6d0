import { readFileSync } from 'node:fs'
import { findProgram } from './find-program.ts'

export interface Pinning {
  /** Prefixes of the commands of servers, and of everything else. */
  server: readonly string[]
  load: readonly string[]
  /** Undefined where nothing is pinned. */
  cores: { server: number; load: number } | undefined
  /** For the report. */
  description: string
}

/** Server and load on cores of their own, where there are two: on one, each would be measured with the other in its way. */
export function createPinning(): Pinning {
  const [serverCore, loadCore] = allowedCores()
  if (findProgram('taskset') === undefined) return unpinned('taskset is not on PATH')
  if (serverCore === undefined || loadCore === undefined) return unpinned('there is one core')
  return {
    server: ['taskset', '-c', String(serverCore)],
    load: ['taskset', '-c', String(loadCore)],
    cores: { server: serverCore, load: loadCore },
    description: `server on core ${serverCore}, load generator and helpers on core ${loadCore}`,
  }
}

function unpinned(reason: string): Pinning {
  return { server: [], load: [], cores: undefined, description: `not pinned, since ${reason}: requests per second and p99 mean little` }
}

/** The cores that this process may use, which in a container need not start at 0; `0-1,4` in /proc. */
function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}
