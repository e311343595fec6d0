import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sharedServer } from '../../test/databases/databases.ts'
import { startProcess } from '../../test/start-process.ts'
import { startStandIn } from './stand-in/stand-in.ts'

/** What a text may take that nobody has, and some for three processes on a machine that does other things too. */
const MOST_MILLISECONDS = 3000 + 250

const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"data": "together"}' }

/** Seconds, for the machine is busy with all of them: who waits longer for Redis, for another's load or for shoutcloud than it may would ask on. */
const PATIENT = { CACHE_WAIT: '2', CACHE_LOAD_TIMEOUT: '20', SHOUTCLOUD_TIMEOUT: '10', SHOUTCLOUD_TOTAL_TIMEOUT: '20' }

for (const [who, count, environment] of [
  ['one process asks', 1, PATIENT],
  ['three replicas that share Redis ask', 3, { ...PATIENT, CACHE_URL: sharedServer('redis'), DEPLOYMENT: `shout-${crypto.randomUUID()}` }],
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

test('three replicas that wait for one another answer within the time of one, where shoutcloud hangs', { timeout: 60_000 }, async () => {
  const standIn = await startStandIn()
  standIn.set({ fault: 'slow', delay: 60_000 })
  const environment = { SHOUTCLOUD_URL: `${standIn.url}/V1/SHOUT`, CACHE_URL: sharedServer('redis'), DEPLOYMENT: `shout-${crypto.randomUUID()}` }
  const replicas = await Promise.all([0, 1, 2].map(() => startProcess('services/shout/main.ts', environment)))
  try {
    const answers = replicas.flatMap(({ url }, replica) =>
      [0, 100].map(async (milliseconds) => {
        await sleep(400 * replica + milliseconds)
        const startedAt = performance.now()
        const { status } = await fetch(url, post)
        return { status, milliseconds: performance.now() - startedAt }
      }),
    )
    for (const { status, milliseconds } of await Promise.all(answers)) {
      assert.equal(status, 503)
      assert.ok(milliseconds < MOST_MILLISECONDS, `${milliseconds} ms`)
    }
    for (const replica of replicas) assert.equal(await replica.stop(), 0)
  } finally {
    for (const replica of replicas) replica.kill()
    await standIn.close()
  }
})
