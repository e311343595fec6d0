import { rmSync } from 'node:fs'
import { BenchError } from '../bench-error.ts'
import type { Pinning } from '../host/pinning.ts'
import { residentMegabytes } from '../host/process-usage.ts'
import { ServerProcess } from '../host/server-process.ts'
import { LOAD_GRACE_SECONDS, type LoadGenerator } from '../load/load-generator.ts'
import type { Contender, Probe } from '../part.ts'
import { disturbanceBetween, readUsage } from './usage.ts'
import { verifyAnswer } from './verify-answer.ts'

export interface VisitOptions {
  load: LoadGenerator
  pinning: Pinning
  helperPids: readonly number[]
  folder: string
  warmUp: number
  seconds: number
  connections: number
}

/** What one visit measured. */
export interface Measurement {
  /** Of CPU time, user and system, of the server's process and of those that descend from it. */
  microsecondsPerRequest: number
  requestsPerSecond: number
  p99Milliseconds: number
  residentMegabytes: number
  /** The share of the measured time in which the server's core or the load generator's worked for others. Not a number where nothing is pinned. */
  disturbance: number
  /** Sentences: why the measurement does not count. */
  problems: string[]
}

/** Seconds that a server may live beyond the load on it. */
const SERVER_GRACE_SECONDS = 45 + 2 * LOAD_GRACE_SECONDS

/** Starts a contender, measures it, and ends it. What goes wrong becomes a problem of this contender: the others are measured all the same. */
export async function visitContender(contender: Contender, options: VisitOptions): Promise<Measurement> {
  const timeout = options.warmUp + options.seconds + SERVER_GRACE_SECONDS
  const environment = { ...contender.environment, ...(await contender.prepare?.()) }
  const server = await ServerProcess.start({ ...contender, environment }, { folder: options.folder, prefix: options.pinning.server, timeout })
  try {
    return await measure(server, contender, options)
  } catch (error) {
    if (error instanceof BenchError) return { ...NOTHING, problems: [error.message] }
    throw error
  } finally {
    server.kill()
    // A hundred megabytes each.
    rmSync(server.logFile)
  }
}

const NOTHING: Omit<Measurement, 'problems'> = {
  microsecondsPerRequest: Number.NaN,
  requestsPerSecond: Number.NaN,
  p99Milliseconds: Number.NaN,
  residentMegabytes: Number.NaN,
  disturbance: Number.NaN,
}

/** How many answers to alternative requests are verified. */
const VERIFIED_ALTERNATIVES = 20

/** Verifies the answers, warms up, measures, ends the server, and checks what it left behind. */
async function measure(server: ServerProcess, contender: Contender, options: VisitOptions): Promise<Measurement> {
  const { load, pinning, helperPids, warmUp, seconds, connections } = options
  const { alternatives = [] } = contender
  const probes = await verifyAnswers(server, contender)
  const requests = [contender.request, ...alternatives.map(({ request }) => request)] as const

  const warm = warmUp > 0 ? await load.run({ url: server.url, requests, connections, seconds: warmUp }) : undefined
  const before = readUsage(server.pid, helperPids, pinning)
  const measured = await load.run({ url: server.url, requests, connections, seconds })
  const after = readUsage(server.pid, helperPids, pinning)
  const resident = residentMegabytes(server.pid)
  const metrics = contender.metricsPath === undefined ? undefined : await readMetrics(server.url + contender.metricsPath)
  await server.stop()

  const failures = measured.failures + (warm?.failures ?? 0)
  const problems = failures > 0 ? [`${failures} requests failed or were not answered with 2xx.`] : []
  if (measured.requests === 0) problems.push('No request was answered while it was measured.')
  const answered = probes + (warm?.requests ?? 0) + measured.requests
  const visit = { requests: answered, unfinished: connections * (warm ? 2 : 1), logFile: server.logFile, metrics }
  problems.push(...((await contender.check?.(visit)) ?? []))
  return {
    microsecondsPerRequest: measured.requests > 0 ? (after.server - before.server) / measured.requests : Number.NaN,
    requestsPerSecond: measured.requestsPerSecond,
    p99Milliseconds: measured.p99Milliseconds,
    residentMegabytes: resident,
    disturbance: disturbanceBetween(before, after),
    problems,
  }
}

/** @returns how many requests that took. */
async function verifyAnswers(server: ServerProcess, contender: Contender): Promise<number> {
  let probes = 0
  const verify = async (probe: Probe) => {
    const isUp = await verifyAnswer(server.url, contender.label, probe)
    probes++
    return isUp
  }
  await server.untilUp(() => verify(contender))
  for (const alternative of contender.alternatives?.slice(0, VERIFIED_ALTERNATIVES) ?? []) await verify(alternative)
  return probes
}

async function readMetrics(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => undefined)
  if (!answer?.ok)
    throw new BenchError(`The metrics were answered with ${answer?.status ?? 'nothing'}; metricsPath must be where the contender has them.`)
  return answer.text()
}
