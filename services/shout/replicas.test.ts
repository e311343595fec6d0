import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedServer } from '../../test/databases/databases.ts'
import { startProcess } from '../../test/start-process.ts'
import { startStandIn } from './stand-in/stand-in.ts'

const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"data": "together"}' }

/** Seconds, for the machine is busy with all of them: who waits longer for Redis than it may would go on without. */
const CACHE_WAIT = '2'

for (const [who, count, environment] of [
  ['one process asks', 1, {}],
  ['three replicas that share Redis ask', 3, { CACHE_WAIT, CACHE_URL: sharedServer('redis'), DEPLOYMENT: `shout-${crypto.randomUUID()}` }],
] as const) {
  test(`${who} shoutcloud once for a thousand equal requests`, { timeout: 60_000 }, async () => {
    const standIn = await startStandIn()
    standIn.set({ fault: 'slow', delay: 300 })
    const whole = { SHOUTCLOUD_URL: `${standIn.url}/V1/SHOUT`, ...environment }
    const replicas = await Promise.all(Array.from({ length: count }, () => startProcess('services/shout/main.ts', whole)))
    try {
      const answers = await Promise.all(Array.from({ length: 1000 }, (_, index) => fetch(replicas[index % count]?.url ?? '', post)))
      const texts = await Promise.all(answers.map((answer) => answer.text()))
      assert.deepEqual([...new Set(texts)], ['{"data":"REHTEGOT"}'])
      assert.equal(standIn.calls(), 1)
      for (const replica of replicas) assert.equal(await replica.stop(), 0)
    } finally {
      for (const replica of replicas) replica.kill()
      await standIn.close()
    }
  })
}
