import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import stack from '../../slipway.config.ts'
import { startProcess } from '../start-process.ts'
import { promtool } from '../tools/promtool.ts'
import { ROOT, renderChart } from './render-chart.ts'

interface Dashboard {
  title: string
  templating: { list: readonly { query?: string | { query: string } }[] }
  panels: readonly { title: string; gridPos: { x: number; y: number }; targets: readonly { expr: string }[] }[]
}

const TIMEOUT = { timeout: 60_000 }
const services = [...new Set(stack.deployments.map(({ service }) => service.name))]

async function releaseDashboard(): Promise<Dashboard> {
  const manifests = await renderChart({ set: ['monitoring.dashboard.enabled=true'] })
  const { data } = manifests.find(({ metadata }) => metadata.name === 'north-dashboard') ?? {}
  return JSON.parse(data?.['fjord-north.json'] ?? '') as Dashboard
}

function serviceDashboard(service: string): Dashboard {
  return JSON.parse(readFileSync(join(ROOT, 'generated', service, 'dashboard.json'), 'utf8')) as Dashboard
}

/** The metrics that a service exports once it is ready. */
async function exportedBy(service: string): Promise<string[]> {
  const started = await startProcess(`services/${service}/main.ts`, { DATABASE_URL: 'sqlite::memory:' })
  try {
    const text = await (await fetch(`${started.url}/metrics`)).text()
    return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => String(name))
  } finally {
    await started.stop()
  }
}

/** Fails where a panel or a variable asks for a metric that is not exported. */
function assertAnswerable({ panels, templating }: Dashboard, exported: readonly string[]): void {
  const queries = templating.list.map(({ query }) => (typeof query === 'string' ? query : (query?.query ?? '')))
  const expressions = [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...queries]
  const asked = expressions.flatMap((expression) => [...expression.matchAll(/([a-z_0-9]+)\{/g)].map(([, name]) => String(name)))
  assert.ok(asked.length >= panels.length)
  const isExported = (name: string) => exported.includes(name) || exported.includes(name.replace(/_(bucket|count|sum)$/, ''))
  assert.deepEqual(
    asked.filter((name) => !isExported(name)),
    [],
  )
}

describe('the dashboard of a release', () => {
  it('is of its release', TIMEOUT, async () => {
    const text = JSON.stringify(await releaseDashboard())
    assert.ok(text.includes('namespace=\\"fjord\\",job=\\"north\\"') && !text.includes('@'))
  })

  it('asks for metrics alone that a running service exports', TIMEOUT, async () => {
    assertAnswerable(await releaseDashboard(), [...(await exportedBy('configs')), ...(await exportedBy('shout'))])
  })
})

describe('the rendered dashboard of a service', () => {
  for (const service of services) {
    it(`asks for metrics alone that ${service} itself exports`, TIMEOUT, async () =>
      assertAnswerable(serviceDashboard(service), await exportedBy(service)),
    )
  }

  it('has what its resources and the service itself export, without gaps', () => {
    const titlesOf = (service: string) => serviceDashboard(service).panels.map(({ title }) => title)
    assert.ok(titlesOf('shout').includes('Cache') && titlesOf('configs').includes('Database connections'))
    assert.ok(titlesOf('users').includes('Lookups of users, by outcome'))
    assert.ok(!titlesOf('greeter').some((title) => /Cache|Database|upstream/.test(title)))
    const places = serviceDashboard('greeter').panels.map(({ gridPos }) => [gridPos.x, gridPos.y])
    assert.deepEqual(
      places,
      places.map((_, index) => [(index % 2) * 12, Math.floor(index / 2) * 8]),
    )
  })

  it('asks what promtool understands', TIMEOUT, async () => {
    const expressions = services.flatMap((service) => serviceDashboard(service).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)))
    const rules = expressions.map((expr) => ({ record: 'asked', expr: expr.replaceAll('$__rate_interval', '5m') }))
    const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
    try {
      writeFileSync(join(folder, 'rules.yaml'), stringify({ groups: [{ name: 'dashboards', rules }] }))
      // That two rules say the same is no fault here.
      const { stdout } = await promisify(execFile)(await promtool(), ['check', 'rules', '--lint=none', join(folder, 'rules.yaml')])
      assert.match(stdout, new RegExp(`SUCCESS: ${rules.length} rules found`))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('leaves the choice of a deployment to whoever looks', () => {
    const text = JSON.stringify(serviceDashboard('greeter'))
    assert.ok(text.includes('namespace=\\"$namespace\\",job=\\"$deployment\\"') && !text.includes('@RELEASE@'))
    assert.ok(text.includes('label_values(service_info{job=~\\"customer-a|customer-b|customer-c\\"}, job)'))
  })
})
