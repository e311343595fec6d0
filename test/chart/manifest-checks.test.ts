import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import stack from '../../slipway.config.ts'
import { assertNoSecrets, manifestChecks } from './manifest-checks.ts'
import { type ChartOptions, FULLEST, lintChart, renderChart, SMALLEST } from './render-chart.ts'

const TIMEOUT = { timeout: 120_000 }

describe('the chart with the smallest values', () => {
  checkAll({ values: [SMALLEST] })
})

describe('the chart with all that can be asked for', () => {
  checkAll({ values: [SMALLEST, FULLEST], set: ['migration.enabled=true'] })
  checkAll({ values: [SMALLEST, FULLEST], set: ['route.kind=gateway', 'route.gateway.name=public'] })
})

for (const { name, namespace, service, storage } of stack.deployments) {
  const rendered = `generated/${name}/values.yaml`
  describe(`the deployment ${name}`, () => {
    checkAll({ name, namespace, values: [rendered] })
    checkAll({ name, namespace, values: [rendered, FULLEST], set: [`migration.enabled=${storage === undefined}`] })

    it('has no secret in its manifests', TIMEOUT, async () => {
      for (const values of [[rendered], [rendered, FULLEST]]) assertNoSecrets(service, await renderChart({ name, namespace, values }))
    })
  })
}

/** Rendered once for all checks, when the first of them runs. */
function checkAll(options: ChartOptions): void {
  const label = [...(options.values ?? []), ...(options.set ?? [])].map((one) => one.replace(/.*\//, '')).join(' + ')
  let rendering: ReturnType<typeof renderChart> | undefined
  const manifests = () => (rendering ??= renderChart(options))

  it(`passes helm lint --strict: ${label}`, TIMEOUT, async () => {
    assert.match(await lintChart(options), /1 chart\(s\) linted, 0 chart\(s\) failed/)
  })

  for (const { name, check } of manifestChecks) it(`${name}: ${label}`, TIMEOUT, async () => check(await manifests()))
}
