import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import stack from '../../slipway.config.ts'
import { apiFaults } from './api-faults.ts'
import { assertNoSecrets, manifestChecks } from './manifest-checks.ts'
import { type ChartOptions, FULLEST, lintChart, only, renderChart, SMALLEST, WORDS } from './render-chart.ts'

const TIMEOUT = { timeout: 120_000 }

describe('the chart with the smallest values', () => {
  checkAll({ values: [SMALLEST] })
})

describe('the chart with all that can be asked for', () => {
  checkAll({ values: [SMALLEST, FULLEST], set: ['migration.enabled=true'] })
  checkAll({ values: [SMALLEST, FULLEST], set: ['route.kind=gateway', 'route.gateway.name=public'] })
})

describe('the chart with names that YAML takes for something else', () => {
  const words = { name: 'no', namespace: '123', values: [SMALLEST, WORDS] }
  checkAll({ ...words, set: ['migration.enabled=true', 'resources.limits.memory=268435456', 'resources.limits.cpu=1'] })
  checkAll({ ...words, set: ['storage.enabled=true', 'storage.size=1073741824', 'route.kind=gateway'] })
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

describe('the check of fields and types', () => {
  it('itself notices', TIMEOUT, async () => {
    const deployment = only(await renderChart(), 'Deployment')
    Object.assign(deployment.spec, { replicas: 'two', repliccas: 2 })
    Object.assign(deployment.spec.template?.spec.containers[0] ?? {}, { imagePullPolice: 'Always' })
    const faults = await apiFaults(deployment)
    assert.deepEqual(faults.slice(1), [
      'Deployment.spec.template.spec.containers[0].imagePullPolice is not known to V1Container.',
      'Deployment.spec.repliccas is not known to V1DeploymentSpec.',
    ])
    assert.match(faults[0] ?? '', /replicas/)
  })
})

/** Rendered once for all checks, when the first of them runs. */
function checkAll(options: ChartOptions): void {
  const label = [...(options.values ?? []), ...(options.set ?? [])].map((one) => one.replace(/.*\//, '')).join(' + ')
  let rendering: ReturnType<typeof renderChart> | undefined
  const manifests = () => (rendering ??= renderChart(options))

  it(`passes helm lint --strict: ${label}`, TIMEOUT, async () => {
    assert.match(await lintChart(options), /1 chart\(s\) linted, 0 chart\(s\) failed/)
  })

  it(`is taken by the Kubernetes API as it is: ${label}`, TIMEOUT, async () => {
    assert.deepEqual((await Promise.all((await manifests()).map(apiFaults))).flat(), [])
  })

  for (const { name, check } of manifestChecks) it(`${name}: ${label}`, TIMEOUT, async () => check(await manifests()))
}
