import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { cache, database, defineRoute, defineService, secret, upstream } from '@slipway/chassis'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'
import { PROJECT } from '../cli.fixture.ts'
import { type DeploymentDefinition, defineStack } from '../define-stack.ts'
import { findService, loadService, serviceNames } from '../find-service.ts'
import { loadStackIn } from '../load-environment.ts'
import { CONTRACT_VERSION, type Contract } from './contract.ts'
import { toContract } from './to-contract.ts'

const schema = JSON.parse(readFileSync(new URL('./contract.schema.json', import.meta.url), 'utf8')) as object
const ajv = new Ajv2020({ strict: false, validateFormats: false })
const fits = ajv.compile(schema)

function assertFits(contract: Contract): void {
  fits(JSON.parse(JSON.stringify(contract)))
  assert.deepEqual(fits.errors ?? [], [])
}

const ferry = defineService(
  {
    name: 'ferry',
    summary: 'Crosses the fjord.',
    config: {
      BERTHS: z.int().min(1).default(2).describe('How many ships fit.'),
      HARBOUR_PIN: secret(z.string().default('hunter2')).describe('Opens the harbour.'),
    },
    resources: {
      db: database({ name: 'ferry' }),
      cache: cache({ value: z.string(), fresh: 1 }),
      tides: upstream({ name: 'tides', url: 'https://tides.example.com/today' }),
    },
    errors: { aground: { status: 409, title: 'Aground', remedy: 'Wait for the tide.' } },
  },
  [
    defineRoute({ method: 'GET', path: '/', summary: 'Where it is', response: z.string(), errors: ['aground'], handler: () => '' }),
    defineRoute({ method: 'POST', path: '/cars', summary: 'Load cars', body: z.object({}), deadline: 45.5, handler: () => undefined }),
  ],
)

function contractOf(change: Partial<DeploymentDefinition> = {}): Contract {
  const stack = defineStack({ deployments: [{ service: ferry, name: 'north', namespace: 'fjord', host: 'north.example.com', ...change }] })
  return toContract({ service: ferry, version: '1.2.3', deployment: stack.deployments[0] })
}

describe('toContract', () => {
  it('has every config key with owner, schema and default, and no default that is secret', () => {
    const { config } = toContract({ service: ferry, version: '1.2.3' })
    assert.deepEqual(config[0], {
      key: 'BERTHS',
      owner: 'service',
      description: 'How many ships fit.',
      schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
      isSecret: false,
      isRequired: false,
      default: '2',
    })
    assert.ok(!JSON.stringify(config).includes('hunter2'))
    assert.deepEqual([...new Set(config.map(({ owner }) => owner))], ['service', 'db', 'cache', 'tides', 'base'])
  })

  it('has every route with the statuses that its API document lists', () => {
    const { routes } = toContract({ service: ferry, version: '1.2.3' })
    const [get, post] = routes
    assert.ok(get?.statuses.includes(200) && get.statuses.includes(409))
    assert.deepEqual([get?.accepts, post?.accepts, post?.deadline], [[], ['application/json'], 45.5])
  })

  it('knows where resources lead by the defaults', () => {
    const { resources, telemetry } = toContract({ service: ferry, version: '1.2.3' })
    assert.deepEqual(
      resources.map(({ name, kind, network, hasSchema }) => ({ name, kind, network, hasSchema })),
      [
        { name: 'db', kind: 'database', network: [], hasSchema: true },
        { name: 'cache', kind: 'cache', network: [], hasSchema: false },
        { name: 'tides', kind: 'upstream', network: [{ host: 'tides.example.com', port: 443 }], hasSchema: false },
      ],
    )
    assert.deepEqual(telemetry.network, [])
  })

  it("knows where resources lead by a deployment's config and its secrets", () => {
    const { resources, telemetry } = contractOf({
      config: { TIDES_URL: 'http://tides.harbour.svc:8080', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.telemetry.svc:4318' },
      secrets: {
        DATABASE_URL: { name: 'north-database', key: 'url', leadsTo: 'postgres.databases.svc:5432' },
        CACHE_URL: { name: 'north-cache', key: 'url', leadsTo: 'redis:6379' },
      },
    })
    assert.deepEqual(
      resources.map(({ network }) => network),
      [[{ host: 'postgres.databases.svc', port: 5432 }], [{ host: 'redis', port: 6379 }], [{ host: 'tides.harbour.svc', port: 8080 }]],
    )
    assert.deepEqual(telemetry.network, [{ host: 'collector.telemetry.svc', port: 4318 }])
  })

  it('drains as long as a request may take, and leaves time to close after it', () => {
    const lifecycle = { drainDelay: 5, drainTimeout: 45.5, longestDeadline: 45.5, slack: 10, gracePeriod: 61 }
    assert.deepEqual(toContract({ service: ferry, version: '1.2.3' }).lifecycle, lifecycle)
    assert.deepEqual(contractOf({ config: { DRAIN_DELAY: 15, DRAIN_TIMEOUT: 30 } }).lifecycle, {
      ...lifecycle,
      drainDelay: 15,
      drainTimeout: 30,
      gracePeriod: 55,
    })
  })

  it('fits its JSON Schema with everything that a deployment may say', () => {
    assertFits(
      contractOf({
        config: { BERTHS: 3 },
        secrets: { HARBOUR_PIN: { name: 'harbour', key: 'pin' }, DATABASE_URL: { name: 'db', key: 'url', leadsTo: 'db:5432' } },
        autoscaling: { min: 3, max: 9, cpuPercent: 60, requestsPerSecond: 100 },
        size: { cpu: { request: '100m' }, memory: { limit: '512Mi' } },
        image: { registry: 'registry.example.com/fjord', tag: '1.2.3', digest: `sha256:${'a'.repeat(64)}`, pullSecrets: ['registry'] },
        ingress: { kind: 'gateway', gateway: { name: 'public', namespace: 'gateways' }, annotations: { a: 'b' } },
        network: { ingressFrom: [{ podSelector: {} }], managementFrom: [{ ipBlock: { cidr: '10.0.0.0/28' } }] },
        monitoring: true,
      }),
    )
    assertFits(contractOf({ storage: { size: '2Gi', className: 'fast' }, ingress: { tls: false } }))
  })

  it('is of the version that its JSON Schema describes', () => {
    assert.deepEqual((schema as { properties: Record<string, unknown> }).properties.contractVersion, { const: CONTRACT_VERSION })
  })
})

describe('the contracts of this project', () => {
  for (const name of serviceNames(PROJECT)) {
    it(`of the service ${name} fits the JSON Schema, and so do the schemas in it`, async () => {
      const location = findService(PROJECT, name)
      const contract = toContract({ service: await loadService(location), version: location.version })
      assertFits(contract)
      for (const { key, schema: keySchema } of contract.config) assert.equal(ajv.validateSchema(keySchema), true, key)
    })
  }

  it('of every deployment fit the JSON Schema', async () => {
    const { deployments } = await loadStackIn(PROJECT, undefined)
    assert.ok(deployments.length > 0)
    for (const deployment of deployments) {
      assertFits(toContract({ service: deployment.service, version: findService(PROJECT, deployment.service.name).version, deployment }))
    }
  })
})
