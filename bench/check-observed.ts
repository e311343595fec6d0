import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { BenchError } from './bench-error.ts'
import type { Visit } from './part.ts'
import type { TraceCounts } from './servers/trace-sink.ts'

export interface ObservedOptions {
  /** Tells access lines of the measured request from other lines. */
  isAccessLine(line: Readonly<Record<string, unknown>>): boolean
  /** The series of the measured request, in every status. */
  histogram: { name: string; labels: Readonly<Record<string, string>> }
  /** The share of requests that are traced; 0 where none may be. */
  sampledRatio: number
  /** Where the trace sink answers. */
  traces: string
}

/** How far the share of traced requests may be from the ratio: chance alone stays within a twentieth from 20,000 requests on. */
const RATIO_TOLERANCE = 0.2

/** Makes a contender's check that it really observed what it was measured with. */
export function checkObserved({ isAccessLine, histogram, sampledRatio, traces }: ObservedOptions): (visit: Visit) => Promise<string[]> {
  return async ({ name, requests, unfinished, logFile, metrics = '' }) => {
    const { serverSpans } = (await (await fetch(`${traces}/${name}/counts`)).json()) as TraceCounts
    const lines = await countLines(logFile, isAccessLine)
    const observations = countObservations(metrics, histogram)
    const expected = `${requests} requests were answered and up to ${unfinished} more were on their way`
    const isCount = (count: number) => count >= requests && count <= requests + unfinished
    const ratio = serverSpans / requests
    const problems: string[] = []
    if (!isCount(lines)) problems.push(`The log has ${lines} access lines, but ${expected}.`)
    if (!isCount(observations)) problems.push(`The histogram counts ${observations} requests, but ${expected}.`)
    if (Math.abs(ratio - sampledRatio) > RATIO_TOLERANCE * sampledRatio) {
      problems.push(`${serverSpans} of ${requests} requests were traced (${percent(ratio)}), but ${percent(sampledRatio)} were to be.`)
    }
    return problems
  }
}

async function countLines(file: string, isAccessLine: ObservedOptions['isAccessLine']): Promise<number> {
  let count = 0
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (isAccessLine(parseLine(line, file))) count++
  }
  return count
}

function parseLine(line: string, file: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    throw new BenchError(`The log ${file} has a line that is not JSON; write logs and nothing else to standard output: ${line.slice(0, 200)}`)
  }
}

function countObservations(metrics: string, { name, labels }: ObservedOptions['histogram']): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  let count = 0
  for (const line of metrics.split('\n')) {
    if (!line.startsWith(`${name}_count{`) || !wanted.every((label) => line.includes(label))) continue
    count += Number(line.slice(line.lastIndexOf(' ')))
  }
  return count
}

const percent = (ratio: number) => `${(ratio * 100).toFixed(1)} %`
