import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defineService, secret } from '@slipway/chassis'
import { z } from 'zod'
import { EXIT_CONFIG } from '../cli-error.ts'
import { type DeploymentDefinition, defineStack } from '../define-stack.ts'
import { checkDeployments } from './preview-deployment.ts'

const config = {
  BERTHS: z.int().default(2).describe('How many ships fit.'),
  HARBOUR_PIN: secret(z.string()).describe('Opens the harbour.'),
}
const ferry = defineService({ name: 'ferry', summary: 'Crosses the fjord.', config }, [])
const north = { service: ferry, name: 'north', namespace: 'fjord', host: 'north.example.com' }
const secrets = { HARBOUR_PIN: { name: 'harbour', key: 'pin' } }

function check(changes: Partial<DeploymentDefinition>, environment?: string): void {
  checkDeployments(defineStack({ deployments: [{ ...north, ...changes }] }).deployments, environment)
}

describe('checkDeployments', () => {
  it('is content with a reference in the place of a secret, or with a file of one', () => {
    check({ secrets })
    check({ config: { HARBOUR_PIN_FILE: '/run/pin' } })
  })

  it('names the deployment and the environment, the key, its value and the remedy', () => {
    assert.throws(() => check({ secrets, config: { BERTHS: 'many' } }, 'production'), {
      name: 'CliError',
      exitCode: EXIT_CONFIG,
      message: 'The configuration of north in production is not valid:\n  BERTHS must be a whole number; it is "many". Unset it for the default, 2.',
    })
  })

  it('refuses a grace period that is shorter than the drain', () => {
    check({ secrets, gracePeriod: 35 })
    assert.throws(() => check({ secrets, gracePeriod: 30 }), {
      exitCode: EXIT_CONFIG,
      message:
        'The configuration of north is not valid:\n  gracePeriod must be at least 35 seconds, the sum of DRAIN_DELAY, 5, DRAIN_TIMEOUT, 20, and 10 for closing; it is 30. Raise it, or leave it out.',
    })
  })

  it('tells of a secret that nothing refers to', () => {
    assert.throws(() => check({}), {
      message:
        'The configuration of north is not valid:\n  HARBOUR_PIN is not set; refer in secrets to the Secret that holds text: Opens the harbour.',
    })
  })
})
