import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultName } from '@slipway/chassis/testing'
import { assertProblem } from '../../../../../test/open-service.ts'
import { type OpenUpstream, openUpstream } from '../../../../../test/open-upstream.ts'
import { freePort } from '../../../../../test/start-process.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

/** Resolves when it is so; fails after six seconds, for Node closes an idle connection after four. */
async function until(isSo: () => boolean | Promise<boolean>, message: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await isSo()) return
    await sleep(20)
  }
  assert.fail(message)
}

const stateOf = async ({ service }: OpenUpstream) => {
  for (const state of ['closed', 'open', 'half-open']) if (await service.metric('upstream_breaker_state', { state })) return state
  return undefined
}

describe('an upstream that is well', () => {
  test('answers, gets trace, deadline and id, and is told of', async () => {
    await using open = await openUpstream()
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1', 'x-request-id': 'r-1' }
    const answer = await open.shout('/shout', { headers })
    assert.deepEqual([answer.status, answer.body], [200, { text: 'TSET' }])
    const sent = open.standIn.lastHeaders()
    const [span] = open.service.spans.filter(({ kind }) => kind === 'client')
    assert.ok(span)
    assert.deepEqual([sent.traceparent, sent.tracestate, sent['x-request-id']], [`00-${TRACE}-${span.spanId}-01`, 'a=1', 'r-1'])
    assert.deepEqual([sent['content-type'], sent.accept], ['application/json', 'application/json'])
    const deadline = Number(sent['x-envoy-expected-rq-timeout-ms'])
    assert.ok(deadline > 900 && deadline <= 1000, String(deadline))
    assert.deepEqual(span.attributes, {
      'http.request.method': 'POST',
      'url.full': `${open.standIn.url}/V1/SHOUT`,
      'server.address': '127.0.0.1',
      'server.port': open.standIn.port,
      'http.response.status_code': 200,
    })
    const labels = { http_request_method: 'POST', http_response_status_code: '200', error_type: '', server_address: '127.0.0.1', resource: 'cloud' }
    assert.equal(await open.service.metric('http_client_request_duration_seconds_count', labels), 1)
    assert.equal(await open.service.metric('upstream_calls_total', { resource: 'cloud', outcome: 'ok' }), 1)
    assert.equal(await open.service.metric('upstream_retry_budget', { resource: 'cloud' }), 3)
    assert.equal(await open.service.metric('http_client_active_requests'), 0)
    assert.equal(await stateOf(open), 'closed')
  })

  test('does not leave connections behind that it closes when they are idle, and no call fails for it', { timeout: 20_000 }, async () => {
    await using open = await openUpstream({ keepAlive: 50 })
    for (let call = 0; call < 60; call++) {
      assert.equal((await open.shout(call % 2 ? '/once' : '/shout')).status, 200)
      await sleep(45 + (call % 16))
    }
    assert.ok(open.standIn.connections() <= 1)
  })
})

describe('an upstream that fails', () => {
  const faults: [FaultName, number, string, number][] = [
    ['error', 503, 'upstream_unavailable', 3],
    ['drop', 503, 'upstream_unavailable', 3],
    ['half-close', 503, 'upstream_unavailable', 3],
    ['slow', 503, 'upstream_unavailable', 3],
    ['html', 502, 'bad_upstream_reply', 1],
    ['empty', 502, 'bad_upstream_reply', 1],
    ['wrong-shape', 502, 'bad_upstream_reply', 1],
    ['huge', 502, 'bad_upstream_reply', 1],
  ]
  for (const [fault, status, code, calls] of faults) {
    test(`by ${fault}: ${status}, after ${calls} tries, and no connection stays open for it`, async () => {
      await using open = await openUpstream({ environment: { SHOUT_CLOUD_TIMEOUT: fault === 'slow' ? '0.1' : '1' } })
      open.standIn.set({ fault, delay: 1000 })
      const answer = await open.shout()
      assertProblem(answer, status, code)
      assert.equal(open.standIn.calls(), calls)
      assert.equal(answer.headers.get('retry-after'), status === 503 ? '1' : null)
      const tries = open.service.spans.filter(({ kind }) => kind === 'client')
      assert.deepEqual(
        tries.map(({ attributes, isError }) => [attributes['http.request.resend_count'], isError]),
        Array.from({ length: calls }, (_, index) => [index || undefined, true]),
      )
      assert.doesNotMatch(JSON.stringify([open.service.logs, open.service.spans, answer.body]), /hidden|It works|wrong/)
      await until(() => open.standIn.connections() <= 1, 'connections of failed calls are open')
      open.standIn.set()
      assert.equal((await open.shout()).status, 200)
    })
  }

  test('for a moment is called again, unless the call may not be repeated', async () => {
    await using open = await openUpstream()
    open.standIn.set({ fault: 'error', times: 2 })
    assert.equal((await open.shout()).status, 200)
    assert.equal(open.standIn.calls(), 3)
    assert.equal(await open.service.metric('upstream_retries_total', { outcome: 'made' }), 2)
    open.standIn.set({ fault: 'drop', times: 1 })
    assertProblem(await open.shout('/once'), 503, 'upstream_unavailable')
    assert.equal(open.standIn.calls(), 4)
  })

  test('is waited for as it asks, where the time is enough', async () => {
    await using open = await openUpstream()
    open.standIn.set({ fault: 'busy', times: 1 })
    const startedAt = performance.now()
    assert.equal((await open.shout()).status, 200)
    assert.ok(performance.now() - startedAt > 990)
    open.standIn.set({ fault: 'busy', retryAfter: 29 })
    const answer = await open.shout()
    assertProblem(answer, 503, 'upstream_unavailable')
    assert.equal(answer.headers.get('retry-after'), '29')
    assert.ok(performance.now() - startedAt < 1900, 'it does not wait in vain')
  })

  test('is left alone for as long as it asks, by all calls', async () => {
    await using open = await openUpstream()
    open.standIn.set({ fault: 'busy', retryAfter: 1, times: 1 })
    assertProblem(await open.shout('/once'), 503, 'upstream_unavailable')
    for (const path of ['/shout', '/once'] as const) {
      const answer = await open.shout(path)
      assertProblem(answer, 503, 'upstream_unavailable')
      assert.equal(answer.headers.get('retry-after'), '1')
    }
    assert.equal(open.standIn.calls(), 1)
    assert.equal(await open.service.metric('upstream_calls_total', { outcome: 'resting' }), 2)
    await sleep(1010)
    assert.equal((await open.shout('/once')).status, 200)
  })

  test('is not left alone for longer than it may be, and clients are not told more', async () => {
    await using open = await openUpstream({ environment: { SHOUT_CLOUD_MAX_RETRY_AFTER: '0.3' } })
    open.standIn.set({ fault: 'busy', retryAfter: 86_400, times: 1 })
    const answer = await open.shout('/once')
    assertProblem(answer, 503, 'upstream_unavailable')
    assert.equal(answer.headers.get('retry-after'), '1')
    assertProblem(await open.shout('/once'), 503, 'upstream_unavailable')
    await sleep(310)
    assert.equal((await open.shout('/once')).status, 200)
  })

  test('is not blamed for what can’t be sent: 500, and the breaker stays closed', async () => {
    await using open = await openUpstream()
    for (let call = 0; call < 30; call++) {
      const answer = await open.service.request('/unsendable')
      assert.equal(answer.status, 500)
      await answer.body?.cancel()
    }
    assert.deepEqual([open.standIn.calls(), await stateOf(open)], [0, 'closed'])
    assert.doesNotMatch(JSON.stringify(open.service.logs), /no\\nvalue/)
  })

  test('is not counted as repeated where the breaker has opened meanwhile', async () => {
    await using open = await openUpstream()
    open.standIn.set({ fault: 'error' })
    await Promise.all(Array.from({ length: 20 }, () => open.shout()))
    const sent = (await open.service.metric('upstream_retries_total', { outcome: 'made' })) ?? 0
    assert.deepEqual([await stateOf(open), sent], ['open', open.standIn.calls() - 20])
    assert.equal(await open.service.metric('upstream_retry_budget'), 3 - sent)
  })

  test('with 404 was asked for what it does not have: 502, and the breaker stays closed', async () => {
    await using open = await openUpstream()
    for (let call = 0; call < 40; call++) {
      const answer = await open.service.request('/wrong')
      assert.equal(answer.status, 502)
      await answer.body?.cancel()
    }
    assert.equal(open.standIn.calls(), 40)
    assert.equal(await stateOf(open), 'closed')
    const labels = { http_response_status_code: '404', error_type: '404' }
    assert.equal(await open.service.metric('http_client_request_duration_seconds_count', labels), 40)
  })

  test('is never read beyond the limit', { timeout: 20_000 }, async () => {
    await using open = await openUpstream({ environment: { SHOUT_CLOUD_MAX_RESPONSE_BYTES: '40' } })
    assert.equal((await open.shout()).status, 200)
    open.standIn.set({ fault: 'huge' })
    for (let call = 0; call < 20; call++) assertProblem(await open.shout(), 502, 'bad_upstream_reply')
    await until(() => open.standIn.connections() <= 2, 'connections of given up replies are open')
  })
})

describe('an upstream that is down', () => {
  test('gets a fifth more calls, then nearly none; answers are quick; and it is back within two seconds', { timeout: 30_000 }, async () => {
    await using open = await openUpstream()
    /** 200 requests a second. */
    const load = async (seconds: number) => {
      const answers: Promise<{ status: number; milliseconds: number }>[] = []
      const startedAt = performance.now()
      for (let request = 0; request < seconds * 200; request++) {
        const sentAt = performance.now()
        answers.push(open.shout().then(({ status }) => ({ status, milliseconds: performance.now() - sentAt })))
        await sleep(Math.max(0, startedAt + request * 5 - performance.now()))
      }
      return Promise.all(answers)
    }
    await load(0.5)
    const before = open.standIn.calls()
    open.standIn.set({ fault: 'drop' })
    let requests = 0
    while ((await stateOf(open)) === 'closed') requests += (await load(0.1)).length
    const calls = open.standIn.calls() - before
    assert.ok(calls <= 1.2 * requests, `${calls} calls for ${requests} requests`)
    const failing = await load(1.2)
    assert.ok(open.standIn.calls() - before - calls <= 4, 'two probes a second')
    // Of the slowest some are probes, and some share the machine with other tests.
    const slow = failing.map(({ milliseconds }) => milliseconds).sort((a, b) => b - a)[Math.floor(failing.length / 10)]
    assert.ok((slow ?? 99) < 50, `${slow} ms`)
    open.standIn.set()
    const backAt = performance.now()
    while ((await load(0.1)).some(({ status }) => status !== 200)) assert.ok(performance.now() - backAt < 2000)
    assert.equal(await stateOf(open), 'closed')
  })

  test('and is called one by one, with less time for a call than for a try, is called no more', { timeout: 20_000 }, async () => {
    const environment = { SHOUT_CLOUD_CONCURRENCY: '1', SHOUT_CLOUD_TIMEOUT: '10', SHOUT_CLOUD_TOTAL_TIMEOUT: '0.1' }
    await using open = await openUpstream({ environment })
    open.standIn.set({ fault: 'slow', delay: 5000 })
    for (let call = 0; call < 25 && (await stateOf(open)) === 'closed'; call++) assertProblem(await open.shout(), 503, 'upstream_unavailable')
    assert.equal(await stateOf(open), 'open')
  })

  test('is called on and on with the breaker off, within the budget', async () => {
    await using open = await openUpstream({ environment: { SHOUT_CLOUD_BREAKER: 'false' } })
    open.standIn.set({ fault: 'error' })
    await Promise.all(Array.from({ length: 50 }, () => open.shout()))
    assert.equal(await stateOf(open), 'closed')
    assert.ok(open.standIn.calls() > 50 && open.standIn.calls() <= 60, String(open.standIn.calls()))
    assert.ok(((await open.service.metric('upstream_retries_total', { outcome: 'over_budget' })) ?? 0) > 0)
  })

  test('that refuses connections got nothing, so that any call may be repeated', async () => {
    await using open = await openUpstream({ environment: { SHOUT_CLOUD_URL: `http://127.0.0.1:${await freePort()}` } })
    assertProblem(await open.shout('/once'), 503, 'upstream_unavailable')
    const labels = { error_type: 'refused', http_response_status_code: '' }
    assert.equal(await open.service.metric('http_client_request_duration_seconds_count', labels), 3)
  })
})

describe('a call', () => {
  test('ends with the time of its request, and with its client', { timeout: 20_000 }, async () => {
    await using open = await openUpstream({ environment: { REQUEST_DEADLINE: '0.4', SHOUT_CLOUD_TIMEOUT: '10' } })
    open.standIn.set({ fault: 'slow', delay: 5000 })
    const startedAt = performance.now()
    assertProblem(await open.shout(), 503, 'upstream_unavailable')
    assert.ok(performance.now() - startedAt < 400)
    const client = new AbortController()
    const answer = open.shout('/shout', { signal: client.signal }).catch(() => undefined)
    await until(() => open.standIn.calls() === 2, 'the second call')
    client.abort()
    await answer
    await until(() => open.standIn.connections() === 0, 'connections of given up calls are open')
    assert.equal(await open.service.metric('http_client_active_requests'), 0)
    assert.equal(await open.service.metric('upstream_calls_total', { outcome: 'aborted' }), 1)
  })

  test('ends with its client while it waits for its next try', async () => {
    await using open = await openUpstream()
    open.standIn.set({ fault: 'busy' })
    const client = new AbortController()
    const answer = open.shout('/shout', { signal: client.signal }).catch(() => undefined)
    await until(() => open.standIn.calls() === 1, 'the first call')
    await sleep(50)
    client.abort()
    await answer
    await until(async () => (await open.service.metric('upstream_calls_total', { outcome: 'aborted' })) === 1, 'the end of the call')
    assert.equal(open.standIn.calls(), 1)
  })

  test('is refused while as many as there may be are under way', async () => {
    await using open = await openUpstream({ environment: { SHOUT_CLOUD_CONCURRENCY: '2' } })
    open.standIn.set({ fault: 'slow', delay: 150 })
    const answers = await Promise.all(Array.from({ length: 5 }, () => open.shout()))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 503, 503, 503])
    assert.equal(open.standIn.calls(), 2)
    assert.equal(await open.service.metric('upstream_calls_total', { outcome: 'saturated' }), 3)
  })
})
