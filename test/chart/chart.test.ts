import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { defineService } from '@slipway/chassis'
import { defineStack } from '@slipway/cli'
import { findRuntime } from '../../packages/cli/src/find-runtime.ts'
import type { NetworkRule } from './manifest.ts'
import { configOf, dataWith, FULLEST, only, podsOf, ROOT, refuses, renderChart, SMALLEST, valuesOf, withValues } from './render-chart.ts'

const TIMEOUT = { timeout: 60_000 }
const run = promisify(execFile)

describe("the chart's own defaults", () => {
  it('are those of a contract', TIMEOUT, async () => {
    const service = defineService({ name: 'greeter', summary: 'Greets.' }, [])
    const image = { registry: 'registry.example.com/team' }
    const [deployment] = defineStack({
      deployments: [{ service, name: 'north', namespace: 'fjord', host: 'customer-d.example.com', image }],
    }).deployments
    await withValues(valuesOf({ service, version: '0.1.0', deployment }), async (file) => {
      const config = ['config.CUSTOMER_NAME=D', 'config.GREETING=Ahoy!']
      assert.deepEqual(await renderChart({ values: [file], set: config }), await renderChart({ values: [SMALLEST] }))
    })
  })
})

describe('the values schema', () => {
  it('knows every value, and leaves global alone', TIMEOUT, async () => {
    for (const unknown of ['replica=3', 'image.tags=1', 'monitoring.rules.enable=true', 'probes.readiness.initialDelay=3'])
      await refuses([unknown], new RegExp(unknown.replace(/=.*/, '').split('.').at(-1) ?? ''))
    await renderChart({ set: ['global.anything=1'] })
  })

  it('refuses the tag latest, one pod at least, and a probe that gives up within a second', TIMEOUT, async () => {
    await refuses(['image.tag=latest'], /tag/)
    await refuses(['autoscaling.min=1'], /min/)
    await refuses(['probes.liveness.timeoutSeconds=1'], /timeoutSeconds/)
  })
})

describe('the end of a pod', () => {
  const graceWith = async (...set: string[]) => only(await renderChart({ set }), 'Deployment').spec.template?.spec.terminationGracePeriodSeconds

  it('gets the sum of its parts, or what is given beyond it', TIMEOUT, async () => {
    assert.equal(await graceWith(), 35)
    assert.equal(await graceWith('lifecycle.drainTimeout=60', 'lifecycle.preStopSleep=3'), 78)
    assert.equal(await graceWith('lifecycle.gracePeriod=90'), 90)
  })

  it('is refused where it is shorter than the drain', TIMEOUT, async () => {
    await refuses(
      ['lifecycle.gracePeriod=30'],
      /lifecycle\.gracePeriod must be at least 35 s, the sum of [^;]+; it is 30\. Raise it, or leave it out\./,
    )
  })
})

describe('memory', () => {
  it('is shared out of the limit, in the words of the runtime', TIMEOUT, async () => {
    const native = await dataWith('resources.limits.memory=1Gi', 'memory.cachePercent=25')
    assert.deepEqual([native.BUN_JSC_forceRAMSize, native.CACHE_MAX_BYTES, native.NODE_OPTIONS], ['751619276', '268435456', undefined])
    const node = await dataWith('image.runtime=node', 'resources.limits.memory=512M')
    assert.deepEqual([node.NODE_OPTIONS, node.CACHE_MAX_BYTES, node.BUN_JSC_forceRAMSize], ['--max-old-space-size=341', undefined, undefined])
  })

  it('leaves the cache to the config where that says how large it is', TIMEOUT, async () => {
    assert.equal((await dataWith('memory.cachePercent=25', 'config.CACHE_MAX_BYTES=1000000')).CACHE_MAX_BYTES, '1000000')
  })

  it('is told to Bun by an option that it has: it ends at once with one that it has not', TIMEOUT, async () => {
    const start = (option: string) => run(findRuntime(ROOT, 'bun'), ['--eval', '0'], { env: { [option]: '187904819' } })
    await start('BUN_JSC_forceRAMSize')
    await assert.rejects(start('BUN_JSC_forceRAMSizes'), /invalid JSC environment variable/)
  })

  it('must be in a unit that is known', TIMEOUT, async () => {
    await refuses(['resources.limits.memory=256m'], /resources\.limits\.memory must be in Ki, Mi, Gi or Ti, as in 256Mi; it is 256m\./)
  })
})

describe('secrets', () => {
  it('are mounted as files, for the pods and for the Job, and KEY_FILE names each', TIMEOUT, async () => {
    const set = ['migration.enabled=true', 'secrets.DATABASE_URL.name=north-database', 'secrets.DATABASE_URL.key=url']
    for (const pod of podsOf(await renderChart({ set })).filter(({ owner }) => !owner.startsWith('Pod '))) {
      const [container] = pod.spec.containers
      assert.deepEqual(container?.env, [{ name: 'DATABASE_URL_FILE', value: '/run/secrets/slipway/DATABASE_URL' }])
      assert.equal(container?.volumeMounts.find(({ name }) => name === 'secrets')?.mountPath, '/run/secrets/slipway')
      assert.deepEqual(pod.spec.volumes.find(({ name }) => name === 'secrets')?.projected?.sources, [
        { secret: { name: 'north-database', items: [{ key: 'url', path: 'DATABASE_URL' }] } },
      ])
    }
  })
})

describe('where a deployment may lead', () => {
  it('is told by addresses and namespaces, for a NetworkPolicy knows no names', TIMEOUT, async () => {
    const { egress } = only(await renderChart({ values: [SMALLEST, FULLEST] }), 'NetworkPolicy').spec
    const inNamespace = (name: string) => [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }]
    const at = (port: number) => [{ port, protocol: 'TCP' }]
    const everywhere = [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }, { ipBlock: { cidr: '::/0', except: ['fe80::/10'] } }]
    assert.deepEqual(egress.slice(1), [
      { to: inNamespace('databases'), ports: at(5432) },
      { to: [{ podSelector: {} }], ports: at(6379) },
      { to: everywhere, ports: at(443) },
      { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: at(3306) },
      { to: [{ ipBlock: { cidr: '10.0.0.7/32' } }], ports: at(4318) },
      { to: [{ ipBlock: { cidr: 'fd00::7/128' } }], ports: at(4318) },
      { to: inNamespace('telemetry') },
    ] satisfies NetworkRule[])
  })
})

describe('who may reach a deployment', () => {
  it('is said, and `helm test` may in any case', TIMEOUT, async () => {
    const peersWith = async (...set: string[]) => only(await renderChart({ set }), 'NetworkPolicy').spec.ingress.map(({ from }) => from)
    const test = only(await renderChart(), 'Pod').metadata.labels['app.kubernetes.io/instance']
    const tester = { podSelector: { matchLabels: { 'app.kubernetes.io/instance': test } } }
    assert.deepEqual(await peersWith(), [undefined, [{ namespaceSelector: {} }]])
    const nodes = { ipBlock: { cidr: '10.0.0.0/24' } }
    const set = ['ingressFrom', 'managementFrom'].map((port) => `network.${port}[0].ipBlock.cidr=${nodes.ipBlock.cidr}`)
    assert.deepEqual(await peersWith(...set), [
      [tester, nodes],
      [tester, nodes],
    ])
  })
})

describe('a database', () => {
  it('of SQLite has a volume that outlives the release, one pod, and no autoscaler', TIMEOUT, async () => {
    const manifests = await renderChart({ set: ['storage.enabled=true', 'storage.size=2Gi'] })
    assert.equal(configOf(manifests).DATABASE_URL, 'sqlite:/data/greeter.db')
    assert.deepEqual(only(manifests, 'PersistentVolumeClaim').metadata.annotations, { 'helm.sh/resource-policy': 'keep' })
    assert.equal(
      manifests.some(({ kind }) => kind === 'HorizontalPodAutoscaler'),
      false,
    )
    await refuses(['storage.enabled=true', 'migration.enabled=true'], /migration\.enabled needs a database that a Job can reach/)
  })

  it('is migrated by a Job of its own for each spec and config, which the pods leave it to', TIMEOUT, async () => {
    const jobWith = async (...set: string[]) => only(await renderChart({ set: ['migration.enabled=true', ...set] }), 'Job')
    const job = await jobWith()
    assert.match(job.metadata.name, /^north-migrate-[0-9a-f]{8}$/)
    assert.deepEqual(job.spec.template?.spec.containers[0]?.args, ['migrate'])
    assert.equal((await jobWith()).metadata.name, job.metadata.name)
    for (const change of [
      'image.tag=0.2.0',
      'image.pullPolicy=Never',
      'config.GREETING=Ahoy',
      'secrets.DATABASE_URL.name=db,secrets.DATABASE_URL.key=url',
      'resources.limits.cpu=2',
      'nodeSelector.disk=fast',
      'tolerations[0].key=spot',
      'migration.deadlineSeconds=60',
      'service.component=web',
    ])
      assert.notEqual((await jobWith(change)).metadata.name, job.metadata.name, change)
    assert.equal((await dataWith('migration.enabled=true')).MIGRATE, 'never')
  })

  it('is migrated by a Job whose name is one, however long that of the release is', TIMEOUT, async () => {
    for (const name of ['n'.repeat(53), `${'n'.repeat(45)}-${'n'.repeat(7)}`]) {
      const job = only(await renderChart({ name, set: ['migration.enabled=true'] }), 'Job')
      assert.match(job.metadata.name, /^n+-migrate-[0-9a-f]{8}$/)
      assert.ok(job.metadata.name.length <= 63)
    }
  })
})

describe('the label of the version', () => {
  it('is the tag, as far as it can be a label', TIMEOUT, async () => {
    const labelOf = async (tag: string) =>
      only(await renderChart({ set: [`image.tag=${tag}`] }), 'Deployment').metadata.labels['app.kubernetes.io/version']
    assert.equal(await labelOf('1.2.3_a-b'), '1.2.3_a-b')
    assert.equal(await labelOf('_1.2.3-'), '1.2.3')
    assert.equal(await labelOf(`${'a'.repeat(62)}.b`), 'a'.repeat(62))
  })
})

describe('an old cluster', () => {
  it('can do without what it has no API for', TIMEOUT, async () => {
    const manifests = await renderChart({ set: ['autoscaling.enabled=false', 'disruptionBudget.enabled=false', 'network.enabled=false'] })
    assert.deepEqual(manifests.map(({ kind }) => kind).sort(), ['ConfigMap', 'Deployment', 'Ingress', 'Pod', 'Service', 'ServiceAccount'])
    assert.equal(only(manifests, 'Deployment').spec.replicas, 2)
  })

  it('is not asked for what its disruption budgets do not have', TIMEOUT, async () => {
    const policyFor = async (kubeVersion: string) => only(await renderChart({ kubeVersion }), 'PodDisruptionBudget').spec.unhealthyPodEvictionPolicy
    assert.deepEqual([await policyFor('1.26.15'), await policyFor('1.27.0')], [undefined, 'AlwaysAllow'])
    const sleeping = (kubeVersion: string) => renderChart({ kubeVersion, set: ['lifecycle.preStopSleep=3'] })
    await sleeping('1.30.0')
    await assert.rejects(sleeping('1.29.9'), /lifecycle\.preStopSleep needs Kubernetes 1\.30, and the cluster has v1\.29\.9; leave it at 0\./)
  })
})

describe('what clients come through', () => {
  it('is an Ingress, an HTTPRoute, or nothing', TIMEOUT, async () => {
    const kindsWith = async (...set: string[]) =>
      (await renderChart({ set })).map(({ kind }) => kind).filter((kind) => /Ingress|Route|Middleware/.test(kind))
    assert.deepEqual(await kindsWith(), ['Ingress'])
    assert.deepEqual(await kindsWith('route.kind=none'), [])
    assert.deepEqual(await kindsWith('route.kind=gateway', 'route.gateway.name=public'), ['HTTPRoute'])
    assert.deepEqual((await kindsWith('traefik.enabled=true')).sort(), ['Ingress', 'Middleware'])
    assert.equal(only(await renderChart({ set: ['route.tls.enabled=false'] }), 'Ingress').spec.tls, undefined)
    await refuses(['route.host='], /route\.host must be the DNS name that clients use/)
    await refuses(['route.kind=gateway'], /route\.gateway\.name must name the Gateway/)
  })
})
