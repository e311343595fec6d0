import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { processFamily } from '../../test/databases/process-family.ts'
import { BenchError } from '../bench-error.ts'

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Microseconds of CPU time, user and system, of all threads of a process and of all that descend from it, since they started (proc_pid_stat(5)). */
export function cpuMicroseconds(pid: number): number {
  const [own = [], ...descendants] = [processFields(pid), ...processFamily(pid).slice(1).map(fieldsIfAlive)]
  // Each with those of its children that have ended: a database server has many of these.
  return [own, ...descendants].reduce((sum, fields) => sum + sumOf(fields.slice(11, 15)), 0)
}

/** The same of the child processes of this one that have ended. */
export function endedChildrenMicroseconds(): number {
  return sumOf(processFields(process.pid).slice(13, 15))
}

/** Microseconds that a core worked for processes, or was taken away by its host, since the machine started (proc_stat(5)). Interrupts are left out. */
export function coreMicroseconds(core: number): number {
  const lines = readFileSync('/proc/stat', 'utf8').split('\n')
  const fields = lines.find((line) => line.startsWith(`cpu${core} `))?.split(' ') ?? []
  const [user = '', nice = '', system = '', , , , , stolen = ''] = fields.slice(1)
  return sumOf([user, nice, system, stolen])
}

/** Of a process and all that descend from it; what they share is counted for each. */
export function residentMegabytes(pid: number): number {
  const kilobytes = processFamily(pid).map((member) => Number(/^VmRSS:\s*(\d+) kB$/m.exec(readProcessFile(member, 'status'))?.[1]))
  return kilobytes.reduce((sum, size) => sum + size / 1024, 0)
}

/** From the third on: the second, the program's name in parentheses, may hold blanks and parentheses itself. */
function processFields(pid: number): string[] {
  const stat = readProcessFile(pid, 'stat')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** A descendant may end while its family is looked at; its parent has its time then. */
function fieldsIfAlive(pid: number): string[] {
  try {
    return processFields(pid)
  } catch {
    return []
  }
}

function readProcessFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    throw new BenchError(`Process ${pid} ended while it was measured.`)
  }
}

function sumOf(ticks: readonly string[]): number {
  return ticks.reduce((sum, count) => sum + (Number(count) * 1e6) / ticksPerSecond, 0)
}
