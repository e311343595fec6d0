import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedServer } from '../../test/databases/databases.ts'
import { startProcess } from '../../test/start-process.ts'
import { startStandIn } from './stand-in/stand-in.ts'

const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"data": "together"}' }

test('three replicas that share Redis ask shoutcloud once for a thousand equal requests', { timeout: 60_000 }, async () => {
  const standIn = await startStandIn()
  standIn.set({ fault: 'slow', delay: 300 })
  const shared = { SHOUTCLOUD_URL: `${standIn.url}/V1/SHOUT`, CACHE_URL: sharedServer('redis'), DEPLOYMENT: `shout-${crypto.randomUUID()}` }
  const replicas = await Promise.all([1, 2, 3].map(() => startProcess('services/shout/main.ts', shared)))
  const answers = await Promise.all(Array.from({ length: 1000 }, (_, index) => fetch(replicas[index % 3]?.url ?? '', post)))
  const texts = await Promise.all(answers.map((answer) => answer.text()))
  assert.deepEqual([...new Set(texts)], ['{"data":"REHTEGOT"}'])
  assert.equal(standIn.calls(), 1)
  assert.deepEqual(await Promise.all(replicas.map((replica) => replica.stop())), [0, 0, 0])
  await standIn.close()
})
