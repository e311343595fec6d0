import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import { promtool } from '../tools/promtool.ts'
import { FULLEST, only, renderChart, SMALLEST } from './render-chart.ts'

const TIMEOUT = { timeout: 300_000 }
const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
const SERIES = 'namespace="fjord",job="north"'
const COUNT = `http_server_request_duration_seconds_count{${SERIES},http_request_method="GET"`
const BUCKET = `http_server_request_duration_seconds_bucket{${SERIES},http_request_method="GET"`

async function check(...args: string[]): Promise<string> {
  const { stdout } = await run(await promtool(), args, { cwd: folder }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`${error.stdout}${error.stderr}`)
  })
  return stdout
}

async function writeRules(): Promise<readonly string[]> {
  const { groups } = only(await renderChart({ values: [SMALLEST, FULLEST] }), 'PrometheusRule').spec
  writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }))
  return groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))
}

/** The alerts that fire after eight hours of these series, each in promtool's notation, a sample a minute. It fails for each, since none is expected. */
async function firing(series: Record<string, string>): Promise<string[]> {
  const alerts = await writeRules()
  const test = {
    rule_files: ['rules.yaml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [...new Set(alerts)].map((alertname) => ({ eval_time: '8h', alertname, exp_alerts: [] })),
      },
    ],
  }
  writeFileSync(join(folder, 'test.yaml'), stringify(test))
  const said = await check('test', 'rules', 'test.yaml').catch(({ message }: Error) => message)
  const fired = [...said.matchAll(/alertname: (\w+), time: /g)].map(([, name]) => String(name))
  assert.equal(fired.length > 0, !said.includes('SUCCESS'), said)
  return alerts.filter((name) => fired.includes(name))
}

const UP = { [`up{${SERIES}}`]: '1x480' }

describe('the alerts', () => {
  after(() => rmSync(folder, { recursive: true }))

  it('pass promtool', TIMEOUT, async () => {
    assert.ok((await writeRules()).length > 8)
    assert.match(await check('check', 'rules', 'rules.yaml'), /SUCCESS/)
  })

  it('are silent while all is well', TIMEOUT, async () => {
    assert.deepEqual(
      await firing({
        ...UP,
        [`${COUNT},http_route="/",http_response_status_code="200"}`]: '0+6000x480',
        [`${COUNT},http_route="/",http_response_status_code="500"}`]: '0+1x480',
        [`${BUCKET},http_route="/",http_response_status_code="200",le="0.5"}`]: '0+5999x480',
        [`db_schema_dirty{${SERIES},resource="db"}`]: '0x480',
        'kube_pod_container_status_restarts_total{namespace="fjord",pod="north-5d4f-x2x4z",container="service"}': '1x480',
      }),
      [],
    )
  })

  it('are silent about one request in an hour, whatever becomes of it', TIMEOUT, async () => {
    assert.deepEqual(await firing({ ...UP, [`${COUNT},http_route="/",http_response_status_code="500"}`]: '0x475 1x4' }), [])
  })

  it('tell of a route that fails or is slow, but for one that may be', TIMEOUT, async () => {
    const slow = (route: string) => ({
      [`${COUNT},http_route="${route}",http_response_status_code="200"}`]: '0+60x480',
      [`${BUCKET},http_route="${route}",http_response_status_code="200",le="0.5"}`]: '0+30x480',
    })
    assert.deepEqual(await firing({ ...UP, ...slow('/') }), ['RequestsAreSlowFast', 'RequestsAreSlowSlow'])
    assert.deepEqual(await firing({ ...UP, ...slow('/cars/{id}') }), [])
    const failing = { ...UP, [`${COUNT},http_route="/",http_response_status_code="503"}`]: '0+60x480' }
    assert.deepEqual(await firing({ ...failing, [`${BUCKET},http_route="/",http_response_status_code="503",le="0.5"}`]: '0+60x480' }), [
      'RequestsFailFast',
      'RequestsFailSlow',
    ])
  })

  it('tell of the state that a release is in', TIMEOUT, async () => {
    const pod = 'namespace="fjord",pod="north-5d4f-x2x4z",container="service"'
    assert.deepEqual(
      await firing({
        [`up{${SERIES}}`]: '0x480',
        'kube_deployment_status_replicas_ready{namespace="fjord",deployment="north"}': '1x480',
        'kube_deployment_spec_replicas{namespace="fjord",deployment="north"}': '2x480',
        [`kube_pod_container_status_restarts_total{${pod}}`]: '0+1x480',
        [`container_memory_working_set_bytes{${pod}}`]: '95x480',
        [`kube_pod_container_resource_limits{${pod},resource="memory"}`]: '100x480',
        [`container_cpu_cfs_throttled_periods_total{${pod}}`]: '0+50x480',
        [`container_cpu_cfs_periods_total{${pod}}`]: '0+100x480',
        'kube_horizontalpodautoscaler_status_current_replicas{namespace="fjord",horizontalpodautoscaler="north"}': '6x480',
        'kube_horizontalpodautoscaler_spec_max_replicas{namespace="fjord",horizontalpodautoscaler="north"}': '6x480',
        [`db_client_connection_pending_requests{${SERIES},resource="db"}`]: '3x480',
        [`db_schema_dirty{${SERIES},resource="db"}`]: '1x480',
      }),
      [
        'NobodyAnswers',
        'PodsNotReady',
        'PodsRestart',
        'MemoryNearLimit',
        'CpuThrottled',
        'AutoscalerAtItsMaximum',
        'DatabaseConnectionsExhausted',
        'MigrationDirty',
      ],
    )
  })
})
