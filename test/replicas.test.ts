import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases, freshDatabase } from './databases/databases.ts'
import { assertPoolAtRest } from './pool-at-rest.ts'
import { ConfigsClient } from './replicas/configs-client.ts'
import { OPERATIONS, read } from './replicas/operations.ts'
import { type StartedProcess, startProcess } from './start-process.ts'
import { untilReadiness } from './until-readiness.ts'

const TEN = 10
const FIRST_PASSENGERS = 36
const CLIENTS = 3
const TURNS = 320

describe('ten processes started at once on an empty database', () => {
  for (const kind of databases) {
    test(`one migrates, ten become ready: ${kind}`, { timeout: 120_000 }, async () => {
      const database = await freshDatabase(kind)
      const starts = Array.from({ length: TEN }, () => startProcess('services/passengers/main.ts', { DATABASE_URL: database.url }, false))
      const processes = await allStarted(starts)
      try {
        await Promise.all(processes.map(({ url }) => untilReadiness(url, 200, 60)))
        const migrations = processes
          .flatMap((one) => one.logs().map(({ message }) => String(message)))
          .filter((line) => line.startsWith('Migrating: '))
        assert.deepEqual(migrations.sort(), ['Migrating: 001-create-passenger', 'Migrating: 002-first-passengers'])
        const lists = await Promise.all(processes.map(async ({ url }) => (await fetch(`${url}/passengers`)).json()))
        assert.deepEqual(
          lists.map((list) => (list as unknown[]).length),
          Array(TEN).fill(FIRST_PASSENGERS),
        )
      } finally {
        await killAll(processes)
        await database.drop()
      }
    })
  }
})

test(`three replicas on one PostgreSQL: ${CLIENTS} clients read their writes at whichever replica they come to`, { timeout: 120_000 }, async () => {
  const database = await freshDatabase('postgres')
  const start = () => startProcess('services/configs/main.ts', { DATABASE_URL: database.url, LOG_LEVEL: 'error' })
  const replicas = await allStarted([start(), start(), start()])
  try {
    const urls = replicas.map(({ url }) => url)
    const clients = Array.from({ length: CLIENTS }, (_, number) => new ConfigsClient(`client-${number}`, urls, number))
    await Promise.all(clients.map(takeTurns))
    const statuses = clients.flatMap((client) => client.statuses)
    const counts = [...Map.groupBy(statuses, (status) => status)].map(([status, equal]) => `${equal.length} times ${status}`).sort()
    console.log(`three replicas: ${statuses.length} requests, each answered by what was last written: ${counts.join(', ')}`)
    assert.ok(statuses.length >= 1000)
    assert.deepEqual([...new Set(statuses)].sort(), [200, 201, 204, 304, 404, 409])
    for (const url of urls) await assertPoolAtRest(url)
    assert.deepEqual(await Promise.all(replicas.map((replica) => replica.stop())), [0, 0, 0])
  } finally {
    await killAll(replicas)
    await database.drop()
  }
})

/** After each operation it reads, from the next replica. Eight and five have no common factor, so that every operation meets every config. */
async function takeTurns(client: ConfigsClient): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    const dcname = `${client.name}.${turn % 5}`
    await OPERATIONS[turn % OPERATIONS.length]?.(client, dcname, turn)
    await read(client, dcname)
  }
}

/** All of them, or none: those that did start are ended where one does not. */
async function allStarted(starts: Promise<StartedProcess>[]): Promise<StartedProcess[]> {
  const outcomes = await Promise.allSettled(starts)
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (!failed) return started
  await killAll(started)
  throw failed.reason
}

async function killAll(processes: readonly StartedProcess[]): Promise<void> {
  for (const one of processes) one.kill('SIGKILL')
  await Promise.all(processes.map(({ ended }) => ended))
}
