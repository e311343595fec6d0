import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Deployment, StandInDefinition } from '../define-stack.ts'
import { assignPorts } from './assign-ports.ts'

const deployments = (...ports: (number | undefined)[]) => ({
  deployments: ports.map((port, index) => ({ name: `d${index}`, port }) as Deployment),
  standIns: [{ name: 'tide', port: 8090 } as StandInDefinition],
})

describe('assignPorts', () => {
  it('goes by the place in the stack, whatever others choose', () => {
    assert.deepEqual(assignPorts(deployments(undefined, 9000, undefined), { port: 8080, portBase: 8081 }), [8081, 9000, 8083])
  })

  it('refuses a port that is needed twice, and one that there is not', () => {
    assert.throws(() => assignPorts(deployments(undefined, undefined), { port: 8082, portBase: 8081 }), {
      message: 'Port 8082 would be needed by both the front door and d1; choose another with --port or --port-base.',
    })
    assert.throws(() => assignPorts(deployments(8082, undefined), { port: 8080, portBase: 8081 }), /needed by both d0 and d1/)
    assert.throws(() => assignPorts(deployments(undefined, undefined), { port: 8090, portBase: 8081 }), /both the front door and the stand-in tide/)
    assert.throws(() => assignPorts(deployments(9009, undefined), { port: 8080, portBase: 9000 }), /both the stand-in tide and d0/)
    assert.throws(() => assignPorts(deployments(undefined, undefined), { port: 8080, portBase: 65535 }), /choose a lower --port-base/)
    assert.throws(
      () => assignPorts({ deployments: [], standIns: [{ name: 'tide', port: 80 } as StandInDefinition] }, { port: 8080, portBase: 8000 }),
      {
        message: 'Port -1, for the stand-in tide, is below 1; choose a higher --port-base.',
      },
    )
  })
})
