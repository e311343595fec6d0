import { checkObserved, type ObservedOptions } from '../check-observed.ts'
import { PEERS } from '../host/install-peers.ts'
import type { Contender, Part, RuntimeName } from '../part.ts'
import { tracingEnvironment } from '../tracing-environment.ts'

const SAMPLED_RATIO = 0.1

const common = {
  request: { path: '/' },
  expected: { status: 200, contentType: 'application/json', body: '{"response":"Hi!"}' },
} satisfies Partial<Contender>

const bare: Contender[] = [
  { ...common, label: 'bare node:http', runtime: 'node', command: ['bench/servers/bare-node.ts'] },
  { ...common, label: 'bare Bun.serve', runtime: 'bun', command: ['bench/servers/bare-bun.ts'] },
  { ...common, label: 'bare Hono', runtime: 'node', command: ['bench/servers/hono-node.ts'], isBaseline: true },
  { ...common, label: 'bare Hono', runtime: 'bun', command: ['bench/servers/hono-bun.ts'], isBaseline: true },
  { ...common, label: 'Fastify, its router alone', runtime: 'node', directory: PEERS, command: ['fastify-bare.cjs'] },
]

function slipway(runtime: RuntimeName, traces: string): Contender[] {
  const command = ['services/greeter/main.ts']
  const environment = { LOG_FORMAT: 'json', DRAIN_DELAY: '0' }
  return [
    observed({ label: 'Slipway, everything on', runtime, command, environment }, traces, {
      isAccessLine: (line) => line['http.route'] === '/',
      histogram: { name: 'http_server_request_duration_seconds', labels: { http_route: '/' } },
    }),
    { ...common, label: 'Slipway, observing off', runtime, command, environment: { ...environment, LOG_LEVEL: 'silent' } },
  ]
}

function hono(runtime: RuntimeName, traces: string): Contender {
  return observed(
    { label: 'Hono + its pino, Prometheus and OpenTelemetry middlewares', runtime, directory: PEERS, command: ['hono-observed.mjs'] },
    traces,
    {
      isAccessLine: (line) => line.msg === 'Request completed',
      histogram: { name: 'http_request_duration_seconds', labels: { route: '/' } },
    },
  )
}

function fastify(traces: string): Contender {
  const command = ['--require', '@opentelemetry/auto-instrumentations-node/register', 'fastify-observed.cjs']
  return observed(
    { label: 'Fastify + pino + prom-client + OpenTelemetry auto-instrumentations', runtime: 'node', directory: PEERS, command },
    traces,
    {
      isAccessLine: (line) => line.url === '/',
      histogram: { name: 'http_request_duration_seconds', labels: { route: '/' } },
    },
  )
}

/** A contender that exports traces, and is checked for its access lines, histogram and spans. */
function observed(
  contender: Pick<Contender, 'label' | 'runtime' | 'directory' | 'command' | 'environment'>,
  traces: string,
  options: Pick<ObservedOptions, 'isAccessLine' | 'histogram'>,
): Contender {
  return {
    ...common,
    ...contender,
    environment: {
      ...contender.environment,
      ...tracingEnvironment(traces, SAMPLED_RATIO),
      OTEL_SERVICE_NAME: 'greeter',
      // Traces alone, as in Slipway: OpenTelemetry's SDK would also export metrics and every log line.
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      // The others look for a cloud's metadata server.
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
    },
    metricsPath: '/metrics',
    check: checkObserved({ ...options, sampledRatio: SAMPLED_RATIO, traces }),
  }
}

export default {
  name: 'greeter',
  summary: 'GET / with a constant JSON answer: what a request costs before it does anything.',
  notes: [
    'Observed contenders ("everything on", and those with pino) keep a histogram by route and status, write one JSON access line per request to a file, \
and trace 10 % of the requests, exported over OTLP/HTTP to a collector in a process of its own. After each visit, lines, histogram and spans are counted; \
a row where they do not match the requests is invalid.',
    "The peers are given what is fastest: Fastify a response schema and one line instead of its own two, all of them pino in blocks of 8 KiB instead of a \
system call for each line, and OpenTelemetry's traces without its metrics and logs.",
    'All answers have the same body and media type. Fastify adds a charset parameter, Slipway a header field (x-content-type-options).',
  ],
  dependenciesOf: ['packages/chassis', PEERS],
  helpers: { traces: { runtime: 'node', command: ['bench/servers/trace-sink.ts'] } },
  contenders: ({ traces = '' }) => [
    ...bare,
    ...slipway('node', traces),
    ...slipway('bun', traces),
    hono('node', traces),
    hono('bun', traces),
    fastify(traces),
  ],
} satisfies Part
