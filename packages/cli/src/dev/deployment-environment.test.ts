import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Deployment } from '../define-stack.ts'
import { deploymentEnvironment } from './deployment-environment.ts'

it("deploymentEnvironment passes on logging and tracing, and nothing else of the developer's own", () => {
  const deployment = { name: 'north', config: { BERTHS: '3', LOG_LEVEL: 'warn', DRAIN_DELAY: '9' } } as unknown as Deployment
  const own = { LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', BERTHS: '7', PORT: '1', HOME: '/', LOG_LEVELS: 'x' }
  assert.deepEqual(deploymentEnvironment(deployment, 8081, own), {
    BERTHS: '3',
    LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
    DEPLOYMENT: 'north',
    PORT: '8081',
    DRAIN_DELAY: '0',
    DRAIN_TIMEOUT: '0.5',
  })
})
