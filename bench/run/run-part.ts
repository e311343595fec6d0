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
import { nameContender } from './name-contender.ts'
import { type Row, summariseVisits } from './summarise-visits.ts'
import { type Measurement, type VisitOptions, visitContender } from './visit-contender.ts'

export interface PartResult {
  /** The label of the contenders that the ratios are to. */
  baseline: string | undefined
  rows: Row[]
  loadGenerator: string
  pinning: string
}

/** Runs a comparison: in each round, every contender once, so that whatever the machine does meanwhile, it does to all of them. */
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

  const visitSeconds = options.warmUp + options.seconds + 2
  const total = count * visitSeconds * options.rounds
  console.error(
    `${part.name}: ${count} contenders, rounds: ${options.rounds}, about ${Math.ceil(total / 60)} min; ${load.description}; ${pinning.description}.`,
  )
  const helpers = await startHelpers(part, folder, pinning, total * MOST_VISITS + 120)
  const urls = Object.fromEntries(Object.entries(helpers).map(([name, { url }]) => [name, url]))
  const helperPids = Object.values(helpers).map(({ pid }) => pid)
  const visits = await visitAll(contenders(urls), options.rounds, { load, pinning, helperPids, folder, ...options })
  for (const helper of Object.values(helpers)) await helper.stop()
  const baseline = contenders({}).find(({ isBaseline }) => isBaseline)?.label
  return { baseline, rows: summariseVisits(visits), loadGenerator: load.description, pinning: pinning.description }
}

async function visitAll(contenders: readonly Contender[], rounds: number, options: VisitOptions): Promise<Map<Contender, Measurement[]>> {
  const visits = new Map<Contender, Measurement[]>(contenders.map((contender) => [contender, []]))
  for (let round = 0; round < rounds; round++) {
    // Each round starts with another one, so that nobody always comes after the same neighbour's garbage.
    const order = contenders.map((_, index) => contenders[(index + round) % contenders.length] as Contender)
    for (const contender of order) {
      const measurement = await visitInQuiet(contender, options)
      visits.get(contender)?.push(measurement)
      console.error(progressLine(round, rounds, contender, measurement))
    }
  }
  return visits
}

/** Above this share of a core for others, a visit is repeated. */
const LARGEST_DISTURBANCE = 0.1
const MOST_VISITS = 3

/** On a machine that does other work too, some visits meet it: those are repeated, and the least disturbed one counts. Problems count all the same. */
async function visitInQuiet(contender: Contender, options: VisitOptions): Promise<Measurement> {
  const visits: Measurement[] = []
  while (visits.length < MOST_VISITS) {
    const visit = await visitContender(contender, options)
    visits.push(visit)
    if (!(visit.disturbance > LARGEST_DISTURBANCE)) break
    console.error(`  ${nameContender(contender)}: others had a core for ${(visit.disturbance * 100).toFixed(0)} % of the time`)
  }
  const quietest = visits.reduce((best, visit) => (visit.disturbance < best.disturbance ? visit : best))
  return { ...quietest, problems: visits.flatMap(({ problems }) => problems) }
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
