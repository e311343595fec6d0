import { parseArgs } from 'node:util'
import { assertPoolAtRest } from './pool-at-rest.ts'
import { growthOf, residentMegabytes } from './soak/memory-samples.ts'
import { sendTraffic } from './soak/send-traffic.ts'
import { startService } from './soak/start-service.ts'

const HELP = `Sends mixed requests to the passengers service and measures how its memory grows. Ends with 1 when it grows too much.

  node test/soak.ts
    --requests 500000     after the warm-up, whose share of memory does not count
    --warm-up 50000
    --runtime node        or bun
    --database sqlite     or postgres, mariadb: of TEST_POSTGRES_URL or TEST_MARIADB_URL, or else started for this
    --limit 20            of growth, in megabytes
    --steady              Node's young generation is kept small, and garbage is collected before each sample. Without it, Node lets hundreds of
                          thousands of requests pass until it has used all of the memory that it takes for garbage`

const SAMPLES = 100
/** Fewer than a few for each sample say nothing about memory. */
const LEAST_REQUESTS = 10_000

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '500000' },
    'warm-up': { type: 'string', default: '50000' },
    runtime: { type: 'string', default: 'node' },
    database: { type: 'string', default: 'sqlite' },
    limit: { type: 'string', default: '20' },
    steady: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
})
// Exiting ends the service too; see start-service.ts.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
process.exitCode = values.help ? help() : await soak()

function help(): number {
  console.log(HELP)
  return 0
}

async function soak(): Promise<number> {
  const { runtime, database } = values
  const [requests, warmUp] = [countOf('requests'), countOf('warm-up')]
  const service = await startService(runtime, database, values.steady)
  try {
    await sendTraffic(service.port, warmUp, () => {})
    const samples: number[] = []
    const startedAt = performance.now()
    await sendTraffic(service.port, requests, (done) => {
      if (done < (samples.length * requests) / SAMPLES) return
      samples.push(residentMegabytes(service.process))
      if (values.steady) service.collectGarbage()
      if (samples.length % (SAMPLES / 10) === 0) tellProgress(done, samples.at(-1) as number)
    })
    const perSecond = Math.round((1000 * requests) / (performance.now() - startedAt))
    await assertPoolAtRest(service.url)
    const { first, last, megabytes } = growthOf(samples)
    console.log(`${runtime}, ${database}: ${requests} requests, ${perSecond} a second; ${first.toFixed(1)} MB, then ${last.toFixed(1)} MB`)
    console.log(`grown by ${megabytes.toFixed(1)} MB`)
    return megabytes < Number(values.limit) ? 0 : 1
  } finally {
    await service.stop()
  }
}

function countOf(option: 'requests' | 'warm-up'): number {
  const count = Number(values[option])
  if (!Number.isInteger(count) || count < LEAST_REQUESTS) throw new Error(`--${option} must be a whole number from ${LEAST_REQUESTS} on.`)
  return count
}

function tellProgress(done: number, megabytes: number): void {
  console.log(`${String(done).padStart(9)} requests  ${megabytes.toFixed(1)} MB`)
}
