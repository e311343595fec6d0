import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDatabase } from './databases/create-database.ts'
import { startMariadb } from './databases/start-mariadb.ts'
import { startPostgres } from './databases/start-postgres.ts'
import { checkStored, readStored } from './durability/check-stored.ts'
import { Ledger } from './durability/ledger.ts'
import { retryKeyed, writeUntilKilled } from './durability/writers.ts'
import { assertPoolAtRest } from './pool-at-rest.ts'
import { startProcess } from './start-process.ts'
import { untilReadiness } from './until-readiness.ts'

const KILLS = 10
const RECOVERY_MILLISECONDS = 2000
const servers = [
  { name: 'PostgreSQL', start: startPostgres },
  { name: 'MariaDB', start: startMariadb },
]

for (const { name, start } of servers) {
  test(`what was acknowledged survives ${KILLS} kills of ${name}, and the service recovers by itself`, { timeout: 180_000 }, async () => {
    const server = await start()
    const { url } = await createDatabase(server.url)
    const service = await startProcess('services/passengers/main.ts', { DATABASE_URL: url, LOG_LEVEL: 'error' })
    const recoveries: number[] = []
    try {
      const ledger = new Ledger(await readStored(service.url))
      for (let round = 0; round < KILLS; round++) {
        await writeUntilKilled(service.url, ledger, server.kill)
        assert.equal(service.child.exitCode, null, `The service ended with its database:\n${JSON.stringify(service.logs().slice(-20), undefined, 2)}`)
        // Long enough away once that the service says so; otherwise for as long as the server's own recovery takes.
        if (round === 0) await untilReadiness(service.url, 503, 10)
        await server.start()
        const returnedAt = performance.now()
        await untilReadiness(service.url, 200, 10)
        await retryKeyed(service.url, ledger)
        recoveries.push(Math.round(performance.now() - returnedAt))
        await checkStored(service.url, ledger)
      }
      ledger.assertEnough(`${name} killed, recovered in ${recoveries.join(', ')} ms`)
      assert.ok(Math.max(...recoveries) < RECOVERY_MILLISECONDS, `It recovered in ${recoveries.join(', ')} ms.`)
      await assertPoolAtRest(service.url)
      assert.equal(await service.stop(), 0)
    } finally {
      service.kill('SIGKILL')
      await service.ended
      await server.stop()
    }
  })
}
