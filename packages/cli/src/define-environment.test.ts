import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defineService } from '@slipway/chassis'
import { z } from 'zod'
import { applyEnvironment, defineEnvironment, type EnvironmentDefinition } from './define-environment.ts'
import { defineStack } from './define-stack.ts'

const config = { BERTHS: z.int().default(2).describe('How many ships fit.'), FLAG: z.string().default('NO').describe('What it flies.') }
const ferry = defineService({ name: 'ferry', summary: 'Crosses the fjord.', config }, [])
const stack = defineStack({
  deployments: [
    { service: ferry, name: 'north', namespace: 'fjord', host: 'north.example.com', config: { BERTHS: 3 }, autoscaling: { max: 9 } },
    { service: ferry, name: 'south', namespace: 'fjord', host: 'south.example.com', replicas: 2 },
  ],
})

function inProduction(definition: EnvironmentDefinition) {
  const [north, south] = applyEnvironment(stack, 'production', defineEnvironment(definition)).deployments
  assert.ok(north && south)
  return { north, south }
}

describe('an environment', () => {
  it('changes what differs, and nothing else', () => {
    const { north, south } = inProduction({
      all: { config: { FLAG: 'DK' }, image: { registry: 'registry.example.com' } },
      deployments: { north: { config: { BERTHS: 4 }, host: 'north.example.org' } },
    })
    assert.deepEqual([north.config, south.config], [{ BERTHS: '4', FLAG: 'DK' }, { FLAG: 'DK' }])
    assert.deepEqual([north.host, south.host], ['north.example.org', 'south.example.com'])
    assert.deepEqual([north.image.repository, north.autoscaling?.max], ['registry.example.com/ferry', 9])
    assert.deepEqual(stack.deployments[0]?.config, { BERTHS: '3' })
  })

  it('replaces bounds by a number of pods, and the other way round', () => {
    const { north, south } = inProduction({ deployments: { north: { replicas: 5 }, south: { autoscaling: { min: 4 } } } })
    assert.deepEqual([north.replicas, north.autoscaling], [5, undefined])
    assert.deepEqual([south.replicas, south.autoscaling?.min], [undefined, 4])
  })

  it('is checked as the stack is', () => {
    assert.throws(() => inProduction({ deployments: { north: { host: 'south.example.com' } } }), {
      name: 'DefinitionError',
      message:
        /^As deploy\/production\.ts changes it: [\s\S]*The deployments north and south have the same host south\.example\.com; give each its own\./,
    })
    assert.throws(() => inProduction({ deployments: { west: {} } }), {
      name: 'DefinitionError',
      message: /deploy\/production\.ts changes the deployment west, which the stack does not have; it has north, south\./,
    })
  })
})
