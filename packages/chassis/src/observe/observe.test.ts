import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { workshop } from '../../../../test/fixtures/workshop.ts'
import { type LogLine, testService } from '../testing.ts'
import { AccessLine } from './access-line.ts'
import type { BoundRoute } from './bound-route.ts'
import { Exchange } from './exchange.ts'
import { toLineBlock } from './line-block.ts'
import { prettyLine } from './pretty-line.ts'
import { createSampler } from './sampler.ts'
import { newIdsIn, newTraceIds } from './span-ids.ts'
import { parseTraceParent } from './trace-context.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

describe('one request is told of three times, alike', () => {
  test('the histogram has method, template and status, never the path', async () => {
    const service = await testService(workshop)
    for (const path of ['/motto', '/motto', '/fail', '/no/1', '/no/2']) await service.request(path)
    await service.request('/motto', { method: 'PURGE' })
    const count = (method: string, route: string, status: string) =>
      service.metric('http_server_request_duration_seconds_count', {
        http_request_method: method,
        http_route: route,
        http_response_status_code: status,
      })
    assert.equal(await count('GET', '/motto', '200'), 2)
    assert.equal(await count('GET', '/fail', '500'), 1)
    assert.equal(await count('GET', '', '404'), 2, 'unknown paths are one series')
    assert.equal(await count('_OTHER', '', '405'), 1, 'unknown methods are one label')
    assert.equal(await service.metric('http_server_request_duration_seconds_bucket', { http_route: '/motto', le: '+Inf' }), 2)
    assert.ok(((await service.metric('http_server_request_duration_seconds_sum', { http_route: '/motto' })) ?? 0) > 0)
    assert.equal(await service.metric('http_server_active_requests'), 0)
    assert.equal(await service.metric('service_info', { service: 'workshop' }), 1)
    await service.stop()
  })

  test('the access line has the same facts, and ties log and trace together', async () => {
    const service = await testService(workshop, { environment: { DEPLOYMENT: 'workshop-a' } })
    await service.request('/things/1"x?secret=1', {
      headers: { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1,b=2', 'x-request-id': 'r-1' },
    })
    const [line] = service.logs.slice(-1)
    assert.ok(line)
    assert.match(String(line.time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.deepEqual(
      [line.level, line.service, line.deployment, line.message, line['http.response.status_code'], line.trace_id, line.request_id],
      ['info', 'workshop', 'workshop-a', 'GET (no route) 405', 405, TRACE, 'r-1'],
    )
    assert.match(String(line['url.path']), /^\/things\/1/)
    assert.doesNotMatch(JSON.stringify(line), /secret/, 'a query may hold anything and is not logged')
    assert.ok(typeof line.duration === 'number' && line.duration > 0 && line.duration < 1)
    assert.equal(service.spans.at(-1)?.spanId, line.span_id)
    assert.equal(service.spans.at(-1)?.parentSpanId, SPAN)
    assert.equal(service.spans.at(-1)?.traceState, 'a=1,b=2')
    await service.stop()
  })

  test('the access line is right for a path of its own, a long request, and an id that is given or not', async () => {
    const service = await testService(workshop)
    const lineOf = async (path: string, headers = {}) => {
      await service.request(path, { headers })
      return service.logs.at(-1) as LogLine
    }
    const plain = await lineOf('/motto')
    assert.deepEqual([plain['url.path'], plain.request_id], ['/motto', plain.trace_id])
    const slashed = await lineOf('/motto/', { 'x-request-id': 'r-2' })
    assert.deepEqual([slashed['url.path'], slashed['http.route'], slashed.request_id], ['/motto/', '/motto', 'r-2'])
    await service.stop()
  })

  test('a duration of seconds has its microseconds too', () => {
    let written = ''
    const lines = toLineBlock({ write: (line) => (written += line), flush: () => {} })
    const exchange = new Exchange(new Request('http://localhost/mötto"'), { 'x-request-id': 'r-3' }, 0, {} as BoundRoute, '/mötto"')
    const line = new AccessLine('/motto', { level: 'info' })
    for (const milliseconds of [0.0004, 1.5, 999.9994, 1000, 61_000.025]) line.write(lines, exchange, milliseconds)
    const parsed = written
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>)
    assert.deepEqual(
      parsed.map(({ duration }) => duration),
      [0, 0.0015, 0.999999, 1, 61.000025],
    )
    assert.deepEqual(
      new Set(parsed.map((one) => `${one['url.path']} ${one.request_id} ${one.trace_id}`)),
      new Set([`/mötto" r-3 ${exchange.ids.traceId}`]),
    )
  })

  test("a handler's own lines, counts and spans belong to the request", async () => {
    const service = await testService(workshop, { environment: { VAULT_TOKEN: 'open-sesame', SAFE_PINS: '98765432,1234567' } })
    const response = await service.request('/work')
    const { traceparent } = (await response.json()) as { traceparent: string }
    const access = service.logs.at(-1)
    const own = service.logs.find(({ message }) => message === 'Working')
    assert.equal(own?.trace_id, access?.trace_id)
    assert.equal(own?.password, '[redacted]', 'a field that is called password')
    assert.equal(own?.note, 'the token is [redacted]', 'a value that is a secret, wherever it stands')
    assert.doesNotMatch(JSON.stringify(own), /98765432|1234567/, 'a secret that is no text')
    assert.equal(await service.metric('workshop_jobs_total', { outcome: 'done' }), 1)
    assert.equal(await service.metric('workshop_visits_total'), 1)
    assert.equal(await service.metric('workshop_heat_celsius'), 900)
    assert.equal(await service.metric('workshop_effort_seconds_bucket', { tool: 'saw', le: '10' }), 1)
    const [sand, saw, request] = ['sand', 'saw', 'GET /work'].map((name) => service.spans.find((span) => span.name === name))
    assert.deepEqual([sand?.parentSpanId, saw?.parentSpanId], [saw?.spanId, request?.spanId])
    assert.equal(traceparent, `00-${request?.traceId}-${request?.spanId}-01`)
    assert.deepEqual([request?.kind, request?.attributes['http.route'], request?.isError], ['server', '/work', false])
    await service.stop()
  })

  test('LOG_LEVEL leaves access lines out', async () => {
    const service = await testService(workshop, { environment: { LOG_LEVEL: 'error' } })
    await service.request('/motto')
    assert.deepEqual(service.logs, [])
    await service.request('/fail')
    assert.deepEqual(
      service.logs.map(({ level, message }) => [level, message]),
      [
        ['error', 'GET /fail failed'],
        ['error', 'GET /fail 500'],
      ],
    )
    await service.stop()
  })
})

describe('trace context', () => {
  test('a valid traceparent is read', () => {
    assert.deepEqual(parseTraceParent(`00-${TRACE}-${SPAN}-01`), { traceId: TRACE, spanId: SPAN, isSampled: true })
    assert.equal(parseTraceParent(`00-${TRACE}-${SPAN}-00`)?.isSampled, false)
    assert.equal(parseTraceParent(`01-${TRACE}-${SPAN}-03-later`)?.isSampled, true, 'a later version may say more')
  })

  for (const invalid of [
    undefined,
    '',
    'x',
    `00-${TRACE}-${SPAN}`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-0g`,
    ` 00-${TRACE}-${SPAN}-01`,
  ]) {
    test(`${JSON.stringify(invalid)} starts a new trace`, () => assert.equal(parseTraceParent(invalid), undefined))
  }

  test('ids have their form and do not repeat', () => {
    const ids = Array.from({ length: 20_000 }, () => newTraceIds())
    assert.equal(new Set(ids.map(({ traceId }) => traceId)).size, ids.length)
    assert.equal(new Set(ids.map(({ spanId }) => spanId)).size, ids.length)
    assert.ok(ids.every(({ traceId, spanId }) => /^[0-9a-f]{32}$/.test(traceId) && /^[0-9a-f]{16}$/.test(spanId)))
  })

  test('a span in a given trace has its trace id, and a span id of its own', () => {
    const ids = newIdsIn(TRACE)
    const child = ids.child()
    assert.deepEqual([ids.traceId, child.traceId], [TRACE, TRACE])
    assert.equal(new Set([ids.spanId, child.spanId, SPAN]).size, 3)
  })
})

describe('sampling', () => {
  const traces = Array.from({ length: 20_000 }, () => newTraceIds())

  test("it looks at the trace id's random part", () => {
    assert.ok(traces.every(({ traceId, randomness }) => randomness === Number.parseInt(traceId.slice(18, 25), 16)))
  })

  test('a ratio is kept, and every service decides alike', () => {
    const sampled = (ratio: number) => traces.filter(({ randomness }) => createSampler('traceidratio', ratio)(randomness, undefined))
    assert.ok(Math.abs(sampled(0.1).length / traces.length - 0.1) < 0.01)
    assert.ok(
      sampled(0.1).every(({ randomness }) => createSampler('traceidratio', 0.5)(randomness, undefined)),
      'a smaller ratio is part of a larger',
    )
    assert.deepEqual([sampled(0).length, sampled(1).length], [0, traces.length])
  })

  test('a parent decides where the sampler heeds it', () => {
    assert.equal(createSampler('parentbased_always_on', 1)(0, false), false)
    assert.equal(createSampler('parentbased_always_off', 1)(0, true), true)
    assert.equal(createSampler('parentbased_always_off', 1)(0, undefined), false)
    assert.equal(createSampler('parentbased_traceidratio', 0)(0, true), true)
    assert.equal(createSampler('always_on', 0)(0, false), true)
    assert.equal(createSampler('always_off', 1)(0, true), false)
  })
})

describe('lines for people', () => {
  const options = { colours: false }

  test('an access line, a line with fields, a line with a stack, and what is no JSON', () => {
    const access =
      '{"time":"2026-01-02T03:04:05.678Z","level":"info","message":"GET / 200","http.request.method":"GET","http.response.status_code":200,"url.path":"/","duration":0.0012}'
    assert.equal(prettyLine(access, options), '03:04:05.678 INFO  GET / 200 1.2 ms\n')
    assert.equal(
      prettyLine('{"time":"2026-01-02T03:04:05.678Z","level":"warn","message":"Hot","heat":900}', options),
      '03:04:05.678 WARN  Hot heat=900\n',
    )
    assert.match(
      prettyLine('{"level":"error","message":"No","exception.stacktrace":"Error: x\\n    at y"}', options),
      /ERROR No\nError: x\n {4}at y\n$/,
    )
    assert.equal(prettyLine('plain\n', { colours: false, prefix: 'a | ' }), 'a | plain\n')
  })
})
