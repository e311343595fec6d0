import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { startProcess } from '../../test/start-process.ts'
import { startStandIn } from './stand-in/stand-in.ts'

const MAIN = 'services/shout/stand-in/main.ts'
const JSON_TYPE = { 'content-type': 'application/json' }

async function ask(url: string, init: RequestInit): Promise<{ status: number; type: string | null; body: string }> {
  const response = await fetch(url, init)
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() }
}

test('the stand-in answers as shoutcloud does', async () => {
  const standIn = await startStandIn()
  const shout = (body: string, headers: Record<string, string> = JSON_TYPE) => ask(`${standIn.url}/V1/SHOUT`, { method: 'POST', headers, body })
  try {
    assert.deepEqual(await shout('{"INPUT": "tset"}'), { status: 200, type: 'APPLICATION/JSON', body: '{"INPUT":"tset","OUTPUT":"TSET"}' })
    for (const body of ['{"INPUT": 1}', '{}', 'null', 'tset', '']) assert.equal((await shout(body)).status, 400, body)
    assert.equal((await shout('{"INPUT": "tset"}', { 'content-type': 'application/json; charset=utf-8' })).status, 400)
    assert.equal((await shout('{"INPUT": "tset"}', { 'content-type': 'text/plain' })).type, 'text/plain')
    assert.equal((await shout(`{"INPUT": "${'x'.repeat(1_100_000)}"}`)).status, 413)
    assert.equal((await ask(`${standIn.url}/V1/SHOUT`, {})).status, 405)
    assert.equal((await ask(`${standIn.url}/v1/shout`, { method: 'POST', headers: JSON_TYPE, body: '{}' })).status, 404)
    assert.equal(standIn.calls(), 11)
  } finally {
    await standIn.close()
  }
})

test('the stand-in runs by itself, fails as it is told, and ends at SIGTERM', async () => {
  const started = await startProcess(MAIN, {}, false)
  const admin = (init: RequestInit = {}) => ask(`${started.url}/stand-in`, init)
  try {
    for (let attempt = 0; attempt < 200 && !(await admin().catch(() => undefined)); attempt++) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal((await admin({ method: 'PUT', body: '{"fault": "busy", "retryAfter": 3}' })).status, 200)
    const response = await fetch(`${started.url}/V1/SHOUT`, { method: 'POST', headers: JSON_TYPE, body: '{"INPUT": "a"}' })
    assert.deepEqual([response.status, response.headers.get('retry-after'), await response.text()], [503, '3', 'Busy'])
    const { calls, fault } = JSON.parse((await admin()).body)
    assert.deepEqual([calls, fault], [1, 'busy'])
    for (const [body, sentence] of [
      ['{"fault": "nonsense"}', 'fault must be one of none, slow, drop'],
      ['[]', 'The body must be an object'],
      ['{"times": 0}', 'times must be a whole number, at least 1.'],
      ['{"times": 1.5}', 'times must be a whole number, at least 1.'],
    ] as const) {
      const refused = await admin({ method: 'PUT', body })
      assert.deepEqual([refused.status, refused.body.startsWith(sentence)], [400, true], body)
    }
  } finally {
    assert.equal(await started.stop(), 0, started.stderr())
  }
})

test('the stand-in says which port is taken, or is none', async () => {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  try {
    const second = await startProcess(MAIN, { PORT: port }, false)
    assert.equal(await second.ended, 69)
    assert.match(second.stderr(), /^Port \d+ is taken; stop what listens there, or set PORT\.$/m)
  } finally {
    server.close()
  }
  const wrong = await startProcess(MAIN, { PORT: 'abc' }, false)
  assert.equal(await wrong.ended, 78)
  assert.match(wrong.stderr(), /PORT must be a whole number/)
})
