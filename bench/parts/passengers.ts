import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { postgres } from '../../test/tools/postgres.ts'
import { checkObserved } from '../check-observed.ts'
import { installDebian } from '../host/install-debian.ts'
import type { Bound, Contender, Part, Probe, RuntimeName, Visit } from '../part.ts'
import { firstPassengers, ROWS } from '../servers/passengers/rows.ts'
import { tracingEnvironment } from '../tracing-environment.ts'

const SAMPLED_RATIO = 0.1
const FOLDER = 'bench/servers/passengers'
const HONO = 'bare Hono'
const PYTHON_PACKAGES = ['python3-flask', 'gunicorn', 'python3-fastapi', 'uvicorn', 'python3-psycopg2']

const passengers = firstPassengers(ROWS)
const json = { contentType: 'application/json' }

interface Operation {
  name: string
  route: string
  method: string
  probes: readonly [Probe, ...Probe[]]
  /** To bare Hono, by database. */
  atMost: Readonly<Record<DatabaseName, number>>
}

type DatabaseName = keyof typeof DATABASES
const DATABASES = { postgresql: 'PostgreSQL', sqlite: 'SQLite' }

const operations: readonly Operation[] = [
  {
    name: 'read: GET /passengers/{uuid}',
    route: '/passengers/{uuid}',
    method: 'GET',
    probes: atLeastOne(passengers.map((one) => ({ request: { path: `/passengers/${one.uuid}` }, expected: { ...json, status: 200, json: one } }))),
    atMost: { postgresql: 1.35, sqlite: 1.5 },
  },
  {
    name: 'create: POST /passengers',
    route: '/passengers',
    method: 'POST',
    probes: atLeastOne(
      passengers.slice(0, 1000).map(({ uuid, ...one }) => ({
        request: { method: 'POST', path: '/passengers', headers: { 'content-type': 'application/json' }, body: JSON.stringify(one) },
        expected: { ...json, status: 201, json: one, made: ['uuid'] },
      })),
    ),
    atMost: { postgresql: 1.5, sqlite: 1.5 },
  },
  {
    name: 'list: GET /passengers?limit=100',
    route: '/passengers',
    method: 'GET',
    probes: [{ request: { path: '/passengers?limit=100' }, expected: { ...json, status: 200, json: passengers.slice(0, 100) } }],
    atMost: { postgresql: 1.3, sqlite: 1.3 },
  },
]

interface Tracing {
  sampledRatio: number
  /** Where the trace sink answers. */
  traces: string | undefined
}

type Urls = Readonly<Record<string, string>>

function contendersFor(operation: Operation, database: DatabaseName, urls: Urls): Contender[] {
  const [first, ...alternatives] = operation.probes
  const common = {
    ...first,
    alternatives,
    operation: operation.name,
    database: DATABASES[database],
    prepare: (visit: string) => prepare(urls.data, database, visit),
  }
  const inserted = operation.method === 'POST' ? (visit: Visit) => checkInserted(visit, database, urls.data) : async () => []
  const complete = (contender: Pick<Contender, 'label' | 'runtime' | 'command'> & Partial<Contender>): Contender => ({
    ...common,
    ...contender,
    async check(visit) {
      const problems = [...((await contender.check?.(visit)) ?? []), ...(await inserted(visit))]
      await fetch(`${urls.data}/drop/${database}/${visit.name}`, { method: 'POST' })
      return problems
    },
  })
  const bounds = [{ to: HONO, atMost: operation.atMost[database] }, ...(database === 'postgresql' ? toPython : [])]
  const runtimes = (['node', 'bun'] as const).flatMap((runtime) => [
    { label: HONO, runtime, command: [`${FOLDER}/hono-${database === 'sqlite' ? 'sqlite' : 'postgres'}.ts`], isBaseline: true },
    { ...slipwayObserved('Slipway, everything on', runtime, operation, { sampledRatio: SAMPLED_RATIO, traces: urls.traces }), bounds },
    { ...slipwayObserved('Slipway, as it comes', runtime, operation, { sampledRatio: 0, traces: urls.traces }), bounds },
  ])
  return [...runtimes, ...(database === 'postgresql' ? python : [])].map(complete)
}

/** With an access line and metrics for each request, and with traces of a share of them. */
function slipwayObserved(label: string, runtime: RuntimeName, { route, method }: Operation, { sampledRatio, traces = '' }: Tracing) {
  return {
    label,
    runtime,
    command: ['services/passengers/main.ts'] as const,
    environment: { LOG_FORMAT: 'json', DRAIN_DELAY: '0', ...tracingEnvironment(traces, sampledRatio) },
    metricsPath: '/metrics',
    check: checkObserved({
      isAccessLine: (line) => line['http.route'] === route && line['http.request.method'] === method,
      histogram: { name: 'http_server_request_duration_seconds', labels: { http_route: route, http_request_method: method } },
      sampledRatio,
      traces,
    }),
  }
}

const python: readonly Pick<Contender, 'label' | 'runtime' | 'directory' | 'command'>[] = [
  { label: 'Flask, gunicorn, psycopg2', runtime: 'python', directory: FOLDER, command: ['-m', 'gunicorn', 'flask_app:app'] },
  { label: 'FastAPI, uvicorn, psycopg2', runtime: 'python', directory: FOLDER, command: ['fastapi_app.py'] },
]
/** Four times fewer. */
const toPython: readonly Bound[] = python.map(({ label }) => ({ to: label, atMost: 0.25 }))

async function prepare(data: string | undefined, database: DatabaseName, visit: string): Promise<Record<string, string>> {
  const answer = await fetch(`${data}/fresh/${database}/${visit}`, { method: 'POST' })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`No fresh data could be made: ${text}`)
  return { DATABASE_URL: text }
}

/** That a request was answered says that a row was stored. */
async function checkInserted({ name, requests, unfinished }: Visit, database: DatabaseName, data: string | undefined): Promise<string[]> {
  const stored = Number(await (await fetch(`${data}/count/${database}/${name}`)).text()) - ROWS
  if (stored >= requests && stored <= requests + unfinished) return []
  return [`${stored} rows were stored, but ${requests} requests were answered and up to ${unfinished} more were on their way.`]
}

function atLeastOne<Item>(items: readonly Item[]): readonly [Item, ...Item[]] {
  return items as readonly [Item, ...Item[]]
}

async function install(): Promise<Record<string, string>> {
  const folder = await postgres()
  const version = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' }).trim().split(' ')[2] ?? 'unknown'
  return { ...(await installDebian('Flask or FastAPI', PYTHON_PACKAGES)), postgresql: version, sqlite: `${process.versions.sqlite} (Node)` }
}

export default {
  name: 'passengers',
  summary: 'A stored object read, created and listed, on PostgreSQL and on SQLite.',
  notes: [
    '"Everything on" is with metrics and one JSON access line for each request, and with traces of 10 % of them; "as it comes" is without traces, for \
which somebody has to name a collector. After each visit, lines, histogram and spans are counted; a row where they do not match the requests is invalid.',
  ],
  dependenciesOf: ['packages/chassis'],
  install,
  helpers: {
    traces: { runtime: 'node', command: ['bench/servers/trace-sink.ts'] },
    data: { runtime: 'node', command: [`${FOLDER}/data.ts`] },
  },
  contenders: (urls) =>
    operations.flatMap((operation) => (Object.keys(DATABASES) as DatabaseName[]).flatMap((database) => contendersFor(operation, database, urls))),
} satisfies Part
