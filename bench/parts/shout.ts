import { checkObserved } from '../check-observed.ts'
import type { Contender, Part, RuntimeName } from '../part.ts'
import { tracingEnvironment } from '../tracing-environment.ts'

const SAMPLED_RATIO = 0.1
const HONO = 'bare Hono, which reads a Map'
const AT_MOST = 1.3

const common = {
  request: { method: 'POST', path: '/', headers: { 'content-type': 'application/json' }, body: '{"data":"test"}' },
  expected: { status: 200, contentType: 'application/json', body: '{"data":"TSET"}' },
} satisfies Partial<Contender>

interface Urls {
  shoutcloud?: string
  traces?: string
}

function contendersOn(runtime: RuntimeName, { shoutcloud = '', traces = '' }: Urls): Contender[] {
  const environment = { LOG_FORMAT: 'json', DRAIN_DELAY: '0', SHOUTCLOUD_URL: `${shoutcloud}/V1/SHOUT` }
  const slipway = (label: string, more: Readonly<Record<string, string>>): Contender => ({
    ...common,
    label,
    runtime,
    command: ['services/shout/main.ts'],
    environment: { ...environment, ...more },
  })
  const observed = (label: string, sampledRatio: number): Contender => ({
    ...slipway(label, tracingEnvironment(traces, sampledRatio)),
    bounds: [{ to: HONO, atMost: AT_MOST }],
    metricsPath: '/metrics',
    check: checkObserved({
      isAccessLine: (line) => line['http.route'] === '/',
      histogram: { name: 'http_server_request_duration_seconds', labels: { http_route: '/' } },
      sampledRatio,
      traces,
    }),
  })
  return [
    { ...common, label: HONO, runtime, command: ['bench/servers/shout/hono-map.ts'], isBaseline: true },
    observed('Slipway, everything on', SAMPLED_RATIO),
    observed('Slipway, as it comes', 0),
    slipway('Slipway, observing off', { LOG_LEVEL: 'silent' }),
  ]
}

export default {
  name: 'shout',
  summary: 'POST / with a text that the cache has: what an answer from memory costs.',
  notes: [
    '"Everything on" is with metrics and one JSON access line for each request, and with traces of 10 % of them; "as it comes" is without traces. After \
each visit, lines, histogram and spans are counted; a row where they do not match the requests is invalid.',
    'All answers have the same body and media type. Slipway adds header fields: x-content-type-options, and Cache-Status and Age, which the contract wants.',
  ],
  dependenciesOf: ['packages/chassis'],
  helpers: {
    traces: { runtime: 'node', command: ['bench/servers/trace-sink.ts'] },
    shoutcloud: { runtime: 'node', command: ['services/shout/stand-in/main.ts'] },
  },
  contenders: (urls) => (['node', 'bun'] as const).flatMap((runtime) => contendersOn(runtime, urls)),
} satisfies Part
