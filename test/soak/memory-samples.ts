import { readFileSync } from 'node:fs'

/** The memory of a process that is in RAM, in megabytes; see proc_pid_status(5). */
export function residentMegabytes(process: number): number {
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

export interface Growth {
  first: number
  last: number
  megabytes: number
}

/** From the median of the first tenth to that of the last one: a single sample is as high as garbage happens to be at that moment. */
export function growthOf(samples: readonly number[]): Growth {
  const tenth = Math.ceil(samples.length / 10)
  const first = median(samples.slice(0, tenth))
  const last = median(samples.slice(-tenth))
  return { first, last, megabytes: last - first }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return ((sorted[Math.floor((sorted.length - 1) / 2)] as number) + (sorted[Math.ceil((sorted.length - 1) / 2)] as number)) / 2
}
