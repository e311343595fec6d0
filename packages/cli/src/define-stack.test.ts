import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defineRoute, defineService, secret } from '@slipway/chassis'
import { z } from 'zod'
import { type DeploymentDefinition, defineStack, type LocalDefinition } from './define-stack.ts'

const service = defineService(
  {
    name: 'ferry',
    summary: 'Crosses the fjord.',
    config: {
      BERTHS: z.int().default(2).describe('How many ships fit.'),
      HARBOUR_TOKEN: secret(z.string()).optional().describe('Opens the harbour.'),
    },
  },
  [defineRoute({ method: 'GET', path: '/', summary: 'Nothing', handler: () => undefined })],
)

const deployment = { service, name: 'north', namespace: 'fjord', host: 'north.example.com' }

function faultsOf(...deployments: Partial<Record<keyof DeploymentDefinition, unknown>>[]): string[] {
  try {
    defineStack({ deployments: deployments.map((change) => ({ ...deployment, ...change }) as DeploymentDefinition) })
  } catch (error) {
    assert.ok(error instanceof Error)
    assert.equal(error.name, 'DefinitionError')
    const [head, ...faults] = error.message.split('\n  ')
    assert.equal(head, 'The stack is not well defined:')
    return faults
  }
  return []
}

const standIn = { name: 'tide', port: 9090, start: async () => ({ url: '', close: async () => {} }), config: (url: string) => ({ BERTHS: url }) }

describe('defineStack', () => {
  it('is frozen, and holds config as text', () => {
    const stack = defineStack({ deployments: [{ ...deployment, config: { BERTHS: 3, OTEL_SDK_DISABLED: true, LOG_LEVEL: 'warn' } }] })
    const [first] = stack.deployments
    assert.deepEqual(first?.config, { BERTHS: '3', OTEL_SDK_DISABLED: 'true', LOG_LEVEL: 'warn' })
    for (const part of [stack, stack.deployments, first, first?.config]) assert.ok(Object.isFrozen(part))
  })

  it('takes the file of a secret, not the secret', () => {
    assert.deepEqual(faultsOf({ config: { HARBOUR_TOKEN_FILE: '/run/token' } }), [])
    assert.deepEqual(faultsOf({ config: { HARBOUR_TOKEN: 'open sesame' } }), [
      'The deployment north must not set HARBOUR_TOKEN, which is a secret: the stack is committed. Refer to the Secret that holds it in secrets, or name a file in HARBOUR_TOKEN_FILE.',
    ])
  })

  it('refuses a local database that is of no deployment, or on no server that there is', () => {
    const faults = (databases: object) => {
      try {
        defineStack({ deployments: [deployment], local: { databases } as LocalDefinition })
      } catch (error) {
        return (error as Error).message.split('\n  ').slice(1)
      }
      return []
    }
    assert.deepEqual(faults({ north: { system: 'oracle' } }), [
      'local.databases has north, which is no deployment with a database; no deployment has one.',
      'local.databases must have a system of north that is postgres or mariadb. It is "oracle".',
    ])
  })

  it('refuses names that DNS does not have', () => {
    assert.deepEqual(faultsOf({ name: 'North' }), [
      'The deployment name "North" must be a DNS label: lower-case letters, digits and hyphens, starting with a letter, at most 53 characters.',
    ])
    assert.deepEqual(faultsOf({ name: undefined }, { name: undefined, host: 'south.example.com' }), [
      'The deployment at north.example.com has no name; give it a DNS label like customer-a.',
      'The deployment at south.example.com has no name; give it a DNS label like customer-a.',
    ])
    assert.deepEqual(faultsOf({ namespace: undefined }), ['The deployment north has no namespace; give it a DNS label like customer-a.'])
    assert.deepEqual(faultsOf({ namespace: 'my_space' }), [
      'The deployment north must have a namespace that is a DNS label: lower-case letters, digits and hyphens, at most 63 characters. It is "my_space".',
    ])
    for (const host of ['North.example.com', 'north.example.com:80', '-x.com', 'a..b', '', `${'a'.repeat(64)}.com`]) {
      assert.deepEqual(faultsOf({ host }), [
        `The deployment north must have a host that is a DNS name like greeter.example.com, in lower case and without a port. It is ${JSON.stringify(host)}.`,
      ])
    }
  })

  it('refuses what two deployments would share', () => {
    assert.deepEqual(faultsOf({}, { host: 'other.example.com' }), ['Two deployments are named north; give each a name of its own.'])
    assert.deepEqual(faultsOf({}, { name: 'south' }), ['The deployments north and south have the same host north.example.com; give each its own.'])
    assert.deepEqual(faultsOf({ port: 9000 }, { name: 'south', host: 'south.example.com', port: 9000 }), [
      'The deployments north and south have the same port 9000; give each its own.',
    ])
  })

  it('refuses config that the service does not have, with a suggestion', () => {
    assert.deepEqual(faultsOf({ config: { BERHTS: 3 } }), [
      'The deployment north sets BERHTS, which the service ferry does not have. Did you mean BERTHS?',
    ])
    assert.deepEqual(faultsOf({ config: { ANCHORS: 3 } }), [
      'The deployment north sets ANCHORS, which the service ferry does not have. Run slipway config ferry for those that it has.',
    ])
  })

  it('refuses config that follows from the deployment', () => {
    assert.deepEqual(faultsOf({ config: { DEPLOYMENT: 'x' } }), [
      "The deployment north must not set DEPLOYMENT: it is the deployment's name. Remove it.",
    ])
    assert.equal(faultsOf({ config: { PORT: 80, MANAGEMENT_PORT: 81 } }).length, 2)
  })

  it('refuses values that are no text, number or boolean', () => {
    const values = [
      [null, 'null'],
      [['a'], 'a list'],
      [{}, 'an object'],
      [undefined, 'undefined'],
      [Number.NaN, 'NaN'],
    ] as const
    for (const [value, name] of values) {
      assert.deepEqual(faultsOf({ config: { BERTHS: value } }), [
        `The deployment north must set BERTHS to a string, a number or a boolean; it is ${name}.`,
      ])
    }
  })

  it('refuses a port that there is not, and a service that is missing', () => {
    assert.deepEqual(faultsOf({ port: 0 }), ['The deployment north must have a port that is a whole number from 1 to 65535. It is 0.'])
    assert.deepEqual(faultsOf({ service: undefined }), [
      'The deployment north has no service; import the one that services/<name>/service.ts exports.',
    ])
  })

  it('takes stand-ins for development, and refuses those that lead nowhere', () => {
    assert.deepEqual(defineStack({ deployments: [deployment], local: { standIns: [standIn] } }).standIns, [standIn])
    const wrong = { ...standIn, name: 'Tide', port: 8095, config: () => ({ TIDE_URL: '' }) }
    const bare = { name: 'tide', port: 9090 } as unknown as typeof standIn
    const stack = {
      deployments: [{ ...deployment, port: 8095 }],
      local: { standIns: [wrong, { ...standIn, port: 0 }, { ...standIn, name: 'ebb' }, bare] },
    }
    assert.throws(() => defineStack(stack), {
      message: `The stack is not well defined:
  The stand-in's name "Tide" must be a DNS label: lower-case letters, digits and hyphens.
  The stand-in Tide and north have the same port 8095; give each its own.
  The stand-in Tide sets TIDE_URL, which no service of the stack has. Name a key that one of them has.
  The stand-in tide must have a port that is a whole number from 1 to 65535. It is 0.
  The stand-in ebb sets BERTHS, as the stand-in tide does; remove it from one of them.
  The stand-in tide and ebb have the same port 9090; give each its own.
  Two stand-ins are named tide; give each a name of its own.
  The stand-in tide must have a start that is a function; import the one that starts it.
  The stand-in tide must have a config that is a function, as (url) => ({ TIDE_URL: url }).`,
    })
  })

  it('names everything that is wrong at once', () => {
    assert.equal(faultsOf({ name: 'A', host: 'B' }, { namespace: 'C' }).length, 3)
  })
})
