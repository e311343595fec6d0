import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { processFamily } from '../../test/databases/process-family.ts'
import { BenchError } from '../bench-error.ts'
import type { Pinning } from '../host/pinning.ts'
import { residentMegabytes } from '../host/process-usage.ts'
import { ServerProcess } from '../host/server-process.ts'
import { LOAD_GRACE_SECONDS, type LoadGenerator } from '../load/load-generator.ts'
import type { Contender, Probe } from '../part.ts'
import { type Measurement, MOST_TURNS, sumUpTurns, type Turn, wantsTurn } from './turns.ts'
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
  /** Seconds that the server may live. */
  lifetime: number
}

/** Seconds that a visit may take beyond the load. */
export const VISIT_GRACE_SECONDS = 45

const TURN_SECONDS = 1
/** How many answers to alternative requests are verified. */
const VERIFIED_ALTERNATIVES = 20

let visits = 0

/** A contender that was started for one round. What goes wrong becomes a problem of this contender: the others are measured all the same. */
export class ContenderVisit {
  readonly #contender: Contender
  readonly #options: VisitOptions
  readonly #name = `visit-${++visits}`
  readonly #turns: Turn[] = []
  readonly #problems: string[] = []
  #server: ServerProcess | undefined
  #measuredPid = 0
  #answered = 0
  #failures = 0
  #loads = 0

  private constructor(contender: Contender, options: VisitOptions) {
    this.#contender = contender
    this.#options = options
  }

  /** Starts it, verifies its answers, and warms it up. */
  static async open(contender: Contender, options: VisitOptions): Promise<ContenderVisit> {
    const visit = new ContenderVisit(contender, options)
    await visit.#attempt(() => visit.#open())
    return visit
  }

  get wantsTurn(): boolean {
    return this.#problems.length === 0 && wantsTurn(this.#turns, this.#options.seconds / TURN_SECONDS)
  }

  /** Measures it for a second. */
  async takeTurn(): Promise<void> {
    await this.#attempt(() => this.#takeTurn(this.#server as ServerProcess))
  }

  /** Ends it, checks what it left behind, and sums its turns up. */
  async close(): Promise<Measurement> {
    const { seconds } = this.#options
    const resident = await this.#attempt(() => this.#end(this.#server as ServerProcess))
    this.#server?.kill()
    // A hundred megabytes each.
    if (this.#server) rmSync(this.#server.logFile)
    return { ...sumUpTurns(this.#turns, seconds / TURN_SECONDS), residentMegabytes: resident ?? Number.NaN, problems: this.#problems }
  }

  /** After something went wrong, nothing more is tried. */
  async #attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#problems.length > 0) return undefined
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof BenchError)) throw error
      this.#problems.push(error.message)
      return undefined
    }
  }

  async #open(): Promise<void> {
    const { folder, pinning, warmUp, lifetime } = this.#options
    const contender = this.#contender
    const given = { ...contender.environment, ...(await contender.prepare?.(this.#name)) }
    const environment = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value.replaceAll('{visit}', this.#name)]))
    const server = await ServerProcess.start({ ...contender, environment }, { folder, prefix: pinning.server, timeout: lifetime })
    this.#server = server
    await this.#verifyAnswers(server)
    this.#measuredPid = contender.findMeasured?.(server.pid) ?? server.pid
    moveAll(processesBeside(this.#measuredPid, server.pid), pinning.cores?.load)
    if (warmUp > 0) await this.#load(server, warmUp)
  }

  async #takeTurn(server: ServerProcess): Promise<void> {
    const { helperPids, pinning } = this.#options
    const processes = { serverPid: server.pid, measuredPid: this.#measuredPid, helperPids, pinning }
    const before = readUsage(processes)
    const { requests, p99Milliseconds } = await this.#load(server, TURN_SECONDS)
    const after = readUsage(processes)
    if (requests === 0) throw new BenchError('No request was answered while it was measured.')
    this.#turns.push({
      requests,
      seconds: (after.at - before.at) / 1e6,
      microseconds: after.measured - before.measured,
      p99Milliseconds,
      disturbance: disturbanceBetween(before, after),
    })
  }

  async #load(server: ServerProcess, seconds: number) {
    const { load, connections } = this.#options
    const { request, alternatives = [] } = this.#contender
    const requests = [request, ...alternatives.map((alternative) => alternative.request)] as const
    const result = await load.run({ url: server.url, requests, connections, seconds })
    this.#loads++
    this.#answered += result.requests
    this.#failures += result.failures
    return result
  }

  async #end(server: ServerProcess): Promise<number> {
    const { metricsPath, check } = this.#contender
    const resident = residentMegabytes(this.#measuredPid)
    const metrics = metricsPath === undefined ? undefined : await readMetrics(server.url + metricsPath)
    await server.stop()
    if (this.#failures > 0) this.#problems.push(`${this.#failures} requests failed or were not answered with 2xx.`)
    const unfinished = this.#options.connections * this.#loads
    const visit = { name: this.#name, requests: this.#answered, unfinished, logFile: server.logFile, metrics }
    this.#problems.push(...((await check?.(visit)) ?? []))
    return resident
  }

  async #verifyAnswers(server: ServerProcess): Promise<void> {
    const { label, alternatives } = this.#contender
    const verify = async (probe: Probe) => {
      const isUp = await verifyAnswer(server.url, label, probe)
      this.#answered++
      return isUp
    }
    await server.untilUp(() => verify(this.#contender))
    for (const alternative of alternatives?.slice(0, VERIFIED_ALTERNATIVES) ?? []) await verify(alternative)
  }
}

/** Seconds that all visits of a table may take at most. */
export function longestVisits(count: number, { warmUp, seconds }: Pick<VisitOptions, 'warmUp' | 'seconds'>): number {
  const loads = 1 + (seconds / TURN_SECONDS) * MOST_TURNS
  return count * (warmUp + seconds * MOST_TURNS + VISIT_GRACE_SECONDS + loads * LOAD_GRACE_SECONDS)
}

/** What of a contender is not measured. */
function processesBeside(measured: number, all: number): number[] {
  const counted = new Set(processFamily(measured))
  return processFamily(all).filter((pid) => !counted.has(pid))
}

/** With all their threads. */
function moveAll(pids: readonly number[], core: number | undefined): void {
  if (core === undefined) return
  for (const pid of pids) execFileSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' })
}

async function readMetrics(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => undefined)
  if (!answer?.ok)
    throw new BenchError(`The metrics were answered with ${answer?.status ?? 'nothing'}; metricsPath must be where the contender has them.`)
  return answer.text()
}
