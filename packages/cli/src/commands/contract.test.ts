import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runCli } from '../cli.fixture.ts'
import type { Contract } from '../contract/contract.ts'

describe('slipway contract', () => {
  it('prints the contract of a service', async () => {
    const { code, stdout } = await runCli(['contract', 'greeter'])
    assert.equal(code, 0)
    const { contractVersion, service, deployment, ports } = JSON.parse(stdout) as Contract
    assert.deepEqual(
      { contractVersion, name: service.name, deployment, ports },
      {
        contractVersion: 1,
        name: 'greeter',
        deployment: undefined,
        ports: { PORT: 8080, MANAGEMENT_PORT: 8081 },
      },
    )
  })

  it('prints the contract of a deployment', async () => {
    const { code, stdout } = await runCli(['contract', 'customer-b', '--deployment'])
    assert.equal(code, 0)
    const { deployment } = JSON.parse(stdout) as Contract
    assert.deepEqual([deployment?.namespace, deployment?.config], ['customer-b', { CUSTOMER_NAME: 'B' }])
  })

  it('lists the deployments and the environments that there are', async () => {
    const unknown = await runCli(['contract', 'customer-z', '--deployment'])
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /^There is no deployment named "customer-z"; the stack has customer-a, .*\.\n$/)
    const nowhere = await runCli(['contract', 'customer-a', '--environment', 'moon'])
    assert.equal(nowhere.code, 2)
    assert.match(nowhere.stderr, /^There is no environment named "moon"; [^\n]+\.\n$/)
  })
})
