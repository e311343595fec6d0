import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { database, defineService, secret } from '@slipway/chassis'
import { z } from 'zod'
import { type Deployment, type DeploymentDefinition, defineStack } from './define-stack.ts'

const config = { HARBOUR_PIN: secret(z.string()).optional().describe('Opens the harbour.') }
const ferry = defineService({ name: 'ferry', summary: 'Crosses the fjord.', config }, [])
const ledger = defineService({ name: 'ledger', summary: 'Keeps books.', resources: { db: database({ name: 'ledger' }) } }, [])
const north = { service: ferry, name: 'north', namespace: 'fjord', host: 'north.example.com' }
const DATABASE = { DATABASE_URL: { name: 'db', key: 'url', leadsTo: 'postgres.databases.svc:5432' } }

function resolved(change: Partial<DeploymentDefinition> = {}): Deployment {
  const [deployment] = defineStack({ deployments: [{ ...north, ...change }] }).deployments
  assert.ok(deployment)
  return deployment
}

function faultsOf(change: Partial<Record<keyof DeploymentDefinition, unknown>>): string[] {
  try {
    resolved(change as Partial<DeploymentDefinition>)
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1)
  }
  return []
}

describe('what a deployment needs on the cluster', () => {
  it('has defaults for all of it, frozen', () => {
    const { secrets, replicas, autoscaling, size, storage, image, ingress, migration, monitoring } = resolved()
    assert.deepEqual(
      { secrets, replicas, autoscaling, size, storage, image, ingress, migration, monitoring },
      {
        secrets: {},
        replicas: undefined,
        autoscaling: { min: 2, max: 6, cpuPercent: 70 },
        size: { cpu: { request: '50m', limit: '1' }, memory: { request: '128Mi', limit: '256Mi' } },
        storage: undefined,
        image: { repository: 'localhost/slipway/ferry', runtime: 'native', pullPolicy: 'Always' },
        ingress: { kind: 'ingress', className: 'traefik', tls: 'north-tls' },
        migration: 'start',
        monitoring: false,
      },
    )
    for (const part of [secrets, autoscaling, size, size.cpu, image, ingress]) assert.ok(Object.isFrozen(part))
  })

  it('is a volume and one pod where a database is embedded, and no longer where a secret leads to another one', () => {
    const embedded = resolved({ service: ledger })
    assert.deepEqual([embedded.storage, embedded.replicas, embedded.autoscaling], [{ size: '1Gi' }, 1, undefined])
    const elsewhere = resolved({ service: ledger, secrets: DATABASE })
    assert.deepEqual([elsewhere.storage, elsewhere.replicas, elsewhere.autoscaling?.min], [undefined, undefined, 2])
  })

  it('is either a number of pods or bounds for it', () => {
    assert.deepEqual([resolved({ replicas: 3 }).replicas, resolved({ replicas: 3 }).autoscaling], [3, undefined])
    assert.deepEqual(faultsOf({ replicas: 3, autoscaling: {} }), ['The deployment north has replicas and autoscaling; remove one of them.'])
    assert.deepEqual(faultsOf({ gracePeriod: 'long' }), [
      'The deployment north must have a gracePeriod that is a whole number of seconds. It is "long".',
    ])
    assert.deepEqual(faultsOf({ replicas: 0 }), ['The deployment north must have replicas that are a whole number of at least 1. They are 0.'])
    assert.deepEqual(faultsOf({ autoscaling: { min: 1 } }), [
      'The deployment north must have an autoscaling.min of at least 2, so that one pod may be away. It is 1.',
    ])
    assert.deepEqual(faultsOf({ autoscaling: { min: 4, max: 3 } }), [
      'The deployment north must have an autoscaling.max that is a whole number of at least autoscaling.min, 4. It is 3.',
    ])
    assert.deepEqual(faultsOf({ autoscaling: { cpuPercent: 170, requestsPerSecond: 0.5 } }), [
      'The deployment north must have an autoscaling.cpuPercent from 1 to 100. It is 170.',
      'The deployment north must have an autoscaling.requestsPerSecond that is a whole number of at least 1. It is 0.5.',
    ])
  })

  it('is one pod, and no Job, where the data is in SQLite', () => {
    assert.deepEqual(faultsOf({ service: ledger, replicas: 3, migration: 'job' }), [
      'The deployment north keeps its data in SQLite, which one pod alone can use; give it DATABASE_URL in secrets, or remove replicas and storage.',
      'The deployment north keeps its data in SQLite, whose volume no Job can reach; give it DATABASE_URL in secrets, or remove migration.',
    ])
    assert.deepEqual(faultsOf({ service: ledger, replicas: 3, migration: 'job', secrets: DATABASE }), [])
    assert.deepEqual(faultsOf({ migration: 'job' }), [
      'The deployment north has a migration, and the service ferry has no schema that could be migrated; remove migration.',
    ])
  })
})

describe('the storage of a deployment', () => {
  it('is for a database that nothing leads elsewhere', () => {
    assert.deepEqual(faultsOf({ storage: {} }), [
      'The deployment north has storage, and the service ferry has no database that could use it; remove storage.',
    ])
    assert.deepEqual(faultsOf({ service: ledger, storage: {}, secrets: DATABASE }), [
      'The deployment north has storage for SQLite, and DATABASE_URL in secrets; remove one of them.',
    ])
    assert.deepEqual(faultsOf({ service: ledger, storage: { size: 'much' } }), [
      'The deployment north must have a storage.size that is a Kubernetes quantity like 1Gi. It is "much".',
    ])
  })
})

describe('a choice that is misspelt', () => {
  it('is refused, with those that there are', () => {
    assert.deepEqual(faultsOf({ migration: 'Job', monitoring: 'yes', image: { runtime: 'deno', pullPolicy: 'Sometimes' } }), [
      'The deployment north must have a migration that is start or job. It is "Job".',
      'The deployment north must have a monitoring that is true or false. It is "yes".',
      'The deployment north must have an image.runtime that is native or node. It is "deno".',
      'The deployment north must have an image.pullPolicy that is Always, IfNotPresent or Never. It is "Sometimes".',
    ])
  })
})

describe('who may reach a deployment', () => {
  it('is said by peers, and by default nobody is kept out', () => {
    assert.deepEqual(resolved().network, {})
    assert.deepEqual(faultsOf({ network: { managementFrom: [{ namespaceSelector: {} }], ingressFrom: [] } }), [])
    assert.deepEqual(faultsOf({ network: { managementFrom: '10.0.0.0/28', ingressFrom: ['10.0.0.1'] } }), [
      `The deployment north must have a network.managementFrom that lists peers, as in [{ ipBlock: { cidr: '10.0.0.0/28' } }]. It is "10.0.0.0/28".`,
      `The deployment north must have a network.ingressFrom that lists peers, as in [{ ipBlock: { cidr: '10.0.0.0/28' } }]. It is ["10.0.0.1"].`,
    ])
  })
})

describe('a member that is misspelt', () => {
  it('is refused with a suggestion, at any depth', () => {
    assert.deepEqual(faultsOf({ replcas: 3, size: { memory: { limits: '1Gi' } }, image: { repo: 'a' } } as object), [
      'The deployment north has replcas, which a deployment does not have. Did you mean replicas?',
      'The deployment north has size.memory.limits, which a deployment does not have. Did you mean size.memory.limit?',
      'The deployment north has image.repo, which a deployment does not have. There are image.registry, image.tag, image.digest, image.runtime, image.pullPolicy, image.pullSecrets.',
    ])
  })
})

describe('the secrets of a deployment', () => {
  it('are of secret config keys', () => {
    assert.deepEqual(faultsOf({ secrets: { HARBOUR_PIM: { name: 'harbour', key: 'pin' } } }), [
      'The deployment north has a secret HARBOUR_PIM, which is no secret config key of the service ferry; it has HARBOUR_PIN, OTEL_EXPORTER_OTLP_HEADERS.',
    ])
  })

  it('are references, and a value is never repeated', () => {
    const [fault, ...others] = faultsOf({ secrets: { HARBOUR_PIN: 'hunter2' } })
    assert.deepEqual(others, [])
    assert.match(
      fault ?? '',
      /^The deployment north must refer to the Secret that holds HARBOUR_PIN, as in \{ name: 'harbour-pin', key: 'value' \}; /,
    )
    assert.ok(!fault?.includes('hunter2'))
    assert.deepEqual(faultsOf({ secrets: { HARBOUR_PIN: { name: 'Harbour', key: 'a b' } } }), [
      'The deployment north must name the Secret that holds HARBOUR_PIN in lower-case letters, digits, hyphens and dots.',
      'The deployment north must name the key in the Secret Harbour that holds HARBOUR_PIN, in letters, digits, hyphens, dots and underscores.',
    ])
  })

  it('are given in one way', () => {
    assert.deepEqual(faultsOf({ secrets: { HARBOUR_PIN: { name: 'harbour', key: 'pin' } }, config: { HARBOUR_PIN_FILE: '/pin' } }), [
      'The deployment north has the secret HARBOUR_PIN and sets HARBOUR_PIN_FILE as well; remove one of them.',
    ])
  })

  it('say where they lead, where a resource is behind them', () => {
    assert.deepEqual(faultsOf({ service: ledger, secrets: { DATABASE_URL: { name: 'db', key: 'url' } } }), [
      'The deployment north takes DATABASE_URL from a Secret, so nobody can tell where it leads; say it in leadsTo, as in "postgres.databases.svc:5432", for the NetworkPolicy.',
    ])
    for (const leadsTo of ['postgres://db:5432', 'db:99999', 'db:0', 'db', 5432]) {
      assert.deepEqual(faultsOf({ service: ledger, secrets: { DATABASE_URL: { name: 'db', key: 'url', leadsTo } } }), [
        'The deployment north must say where DATABASE_URL leads as host:port, without credentials, as in "postgres.databases.svc:5432".',
      ])
    }
  })
})

describe('size, image and ingress of a deployment', () => {
  it('are in the words of Kubernetes', () => {
    assert.deepEqual(faultsOf({ size: { cpu: { request: '50 m' }, memory: { limit: '64Mi' } } }), [
      'The deployment north must have a size.cpu.request that is a Kubernetes quantity like 50m or 1. It is "50 m".',
      'The deployment north must have a size.memory.limit of at least its request, 128Mi. It is 64Mi.',
    ])
    assert.deepEqual(faultsOf({ image: { tag: 'latest', digest: 'sha256:1', registry: 'https://registry.example.com' } }), [
      'The deployment north must not have the image tag latest, which names another image tomorrow; name a version.',
      'The deployment north must have an image.digest like sha256: and 64 hexadecimal digits. It is "sha256:1".',
      'The deployment north must have an image.registry like registry.example.com/team, without a scheme and in lower case. It is "https://registry.example.com".',
    ])
    for (const gateway of [undefined, {}, { name: 'public' }, { name: 'public', namespace: 1 }]) {
      assert.deepEqual(faultsOf({ ingress: { kind: 'gateway', gateway } }), [
        "The deployment north is reached through a gateway; name it in ingress.gateway, as in { name: 'public', namespace: 'gateways' }.",
      ])
    }
    assert.deepEqual(faultsOf({ ingress: { className: '' } }), [
      'The deployment north must have an ingress.className that names an IngressClass. It is "".',
    ])
    assert.deepEqual(faultsOf({ ingress: { kind: 'tunnel', tls: 'A B' } }), [
      'The deployment north must have an ingress.kind that is ingress, gateway or none. It is "tunnel".',
      'The deployment north must have an ingress.tls that names a Secret, or is false. It is "A B".',
    ])
  })
})
