import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchError } from '../bench-error.ts'
import { findProgram } from '../host/find-program.ts'
import { createPinning, type Pinning } from '../host/pinning.ts'
import { ServerProcess } from '../host/server-process.ts'
import { createAutocannon } from '../load/autocannon.ts'
import { createWrk } from '../load/wrk.ts'
import type { BenchOptions } from '../parse-options.ts'
import type { Contender, Part } from '../part.ts'
import { chooseContenders } from './choose-contenders.ts'
import { ContenderVisit, longestVisits, type VisitOptions } from './contender-visit.ts'
import { nameContender } from './name-contender.ts'
import { type Row, summariseVisits } from './summarise-visits.ts'
import type { Measurement } from './turns.ts'

export interface PartResult {
  /** The label of the contenders that the ratios are to. */
  baseline: string | undefined
  rows: Row[]
  loadGenerator: string
  pinning: string
}

/** Runs a comparison: in each round every contender once, started anew. */
export async function runPart(part: Part, options: BenchOptions): Promise<PartResult> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const wrk = findProgram('wrk')
  const pinning = createPinning()
  const contenders = (helperUrls: Record<string, string>) => chooseContenders(part.contenders(helperUrls), options)
  const count = contenders({}).length
  if (count === 0)
    throw new BenchError(`${part.name} has no contender for these options; leave --only, --operation and --database out to see them all.`)
  const load = wrk === undefined ? createAutocannon(pinning.load) : createWrk(wrk, pinning.load, folder)

  const total = count * (options.warmUp + 1.2 * options.seconds + 3) * options.rounds
  console.error(
    `${part.name}: ${count} contenders, rounds: ${options.rounds}, about ${Math.ceil(total / 60)} min; ${load.description}; ${pinning.description}.`,
  )
  const lifetime = longestVisits(count, options)
  const helpers = await startHelpers(part, folder, pinning, lifetime * options.rounds)
  const urls = Object.fromEntries(Object.entries(helpers).map(([name, { url }]) => [name, url]))
  const helperPids = Object.values(helpers).map(({ pid }) => pid)
  const visits = await visitAll(contenders(urls), options.rounds, { load, pinning, helperPids, folder, lifetime, ...options })
  for (const helper of Object.values(helpers)) await helper.stop()
  const baseline = contenders({}).find(({ isBaseline }) => isBaseline)?.label
  return { baseline, rows: summariseVisits(visits), loadGenerator: load.description, pinning: pinning.description }
}

async function visitAll(contenders: readonly Contender[], rounds: number, options: VisitOptions): Promise<Map<Contender, Measurement[]>> {
  const measurements = new Map<Contender, Measurement[]>(contenders.map((contender) => [contender, []]))
  for (let round = 0; round < rounds; round++) {
    for (const table of tablesOf(contenders)) {
      // Each round starts with another one, so that nobody always comes after the same neighbour's garbage.
      const order = table.map((_, index) => table[(index + round) % table.length] as Contender)
      for (const [contender, measurement] of await visitTable(order, options)) {
        measurements.get(contender)?.push(measurement)
        console.error(progressLine(round, rounds, contender, measurement))
      }
    }
  }
  return measurements
}

/** Starts all contenders that are compared with each other and measures them in turn, a second each: what the machine does meanwhile, it does to all of them. */
async function visitTable(contenders: readonly Contender[], options: VisitOptions): Promise<[Contender, Measurement][]> {
  const visits: [Contender, ContenderVisit][] = []
  for (const contender of contenders) visits.push([contender, await ContenderVisit.open(contender, options)])
  while (visits.some(([, visit]) => visit.wantsTurn)) for (const [, visit] of visits) if (visit.wantsTurn) await visit.takeTurn()
  const measured: [Contender, Measurement][] = []
  for (const [contender, visit] of visits) measured.push([contender, await visit.close()])
  return measured
}

function tablesOf(contenders: readonly Contender[]): Contender[][] {
  return [...Map.groupBy(contenders, ({ operation = '', database = '' }) => `${operation} ${database}`).values()]
}

function progressLine(round: number, rounds: number, contender: Contender, { microsecondsPerRequest, problems }: Measurement): string {
  const line = `round ${round + 1}/${rounds}  ${nameContender(contender).padEnd(76)} ${microsecondsPerRequest.toFixed(2).padStart(7)} µs`
  return [line, ...problems.map((problem) => `  invalid: ${problem}`)].join('\n')
}

async function startHelpers({ helpers = {} }: Part, folder: string, { load }: Pinning, timeout: number): Promise<Record<string, ServerProcess>> {
  const started: Record<string, ServerProcess> = {}
  for (const [name, command] of Object.entries(helpers)) {
    const helper = await ServerProcess.start(command, { folder, prefix: load, timeout })
    await helper.untilUp(async () => (await fetch(helper.url)).ok)
    started[name] = helper
  }
  return started
}
