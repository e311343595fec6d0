import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases, freshDatabase } from './databases/databases.ts'
import { checkStored, readStored } from './durability/check-stored.ts'
import { Ledger } from './durability/ledger.ts'
import { retryKeyed, writeUntilKilled } from './durability/writers.ts'
import { assertPoolAtRest } from './pool-at-rest.ts'
import { startProcess } from './start-process.ts'

const PASSENGERS = 'services/passengers/main.ts'
const KILLS = 10

// Most of the time a process starts, which one core does.
describe(`${KILLS} kills of the service`, { concurrency: databases.length }, () => {
  for (const kind of databases) {
    test(`what was acknowledged survives, and no file is half imported: ${kind}`, { timeout: 120_000 }, async () => {
      const database = await freshDatabase(kind)
      const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'error' }
      let service = await startProcess(PASSENGERS, environment)
      const kill = async () => {
        service.kill('SIGKILL')
        assert.equal(await service.ended, 'SIGKILL')
      }
      try {
        const ledger = new Ledger(await readStored(service.url))
        for (let round = 0; round < KILLS; round++) {
          await writeUntilKilled(service.url, ledger, kill)
          service = await startProcess(PASSENGERS, environment)
          await retryKeyed(service.url, ledger)
          await checkStored(service.url, ledger)
        }
        ledger.assertEnough(`${kind}, service killed`)
        await assertPoolAtRest(service.url)
        assert.equal(await service.stop(), 0)
      } finally {
        service.kill('SIGKILL')
        await service.ended
        await database.drop()
      }
    })
  }
})
