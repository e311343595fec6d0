import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { database, defineService, upstream } from '@slipway/chassis'
import type { Deployment } from '../define-stack.ts'
import { deploymentEnvironment } from './deployment-environment.ts'

const plain = defineService({ name: 'ferry', summary: 'Crosses the fjord.' }, [])
const stored = defineService({ name: 'ledger', summary: 'Keeps entries.', resources: { db: database({ name: 'ledger' }) } }, [])
const calling = defineService(
  { name: 'pilot', summary: 'Asks for the tide.', resources: { tide: upstream({ name: 'tide', url: 'https://tide.example.com' }) } },
  [],
)

const PLACE = { DEPLOYMENT: 'north', PORT: '8081', DRAIN_DELAY: '0', DRAIN_TIMEOUT: '0.5' }

const environmentOf = (service: Deployment['service'], config: Record<string, string>, own: Record<string, string>, standIns = {}) =>
  deploymentEnvironment({ name: 'north', service, config } as unknown as Deployment, { port: 8081, project: '/project', own, standIns })

describe('deploymentEnvironment', () => {
  it("passes on logging and tracing, and nothing else of the developer's own", () => {
    const own = { LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', BERTHS: '7', PORT: '1', HOME: '/', LOG_LEVELS: 'x' }
    assert.deepEqual(environmentOf(plain, { BERTHS: '3', LOG_LEVEL: 'warn', DRAIN_DELAY: '9' }, own), {
      BERTHS: '3',
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
      ...PLACE,
    })
  })

  it('gives each deployment that has a database a file of its own', () => {
    assert.deepEqual(environmentOf(stored, {}, {}), { DATABASE_URL: 'sqlite:/project/data/north.db', ...PLACE })
    assert.deepEqual(environmentOf(plain, {}, { DATABASE_URL: 'postgres://a/b' }), PLACE)
  })

  it('uses the database that the stack or the environment names instead; the environment comes first', () => {
    const file = { DATABASE_URL_FILE: '/run/secrets/db' }
    assert.deepEqual(environmentOf(stored, file, {}), { ...file, ...PLACE })
    assert.deepEqual(environmentOf(stored, {}, file), { ...file, ...PLACE })
    const own = { DATABASE_URL: 'postgres://a/b', DATABASE_POOL_SIZE: '3', MIGRATE: 'never' }
    assert.deepEqual(environmentOf(stored, { ...file, DATABASE_POOL_SIZE: '9' }, own), { ...own, ...PLACE })
    assert.deepEqual(environmentOf(stored, { DATABASE_URL_FILE: '/other' }, file), { ...file, ...PLACE })
  })

  it('leads to a stand-in whoever has a key for it, unless the environment says otherwise', () => {
    const standIns = { TIDE_URL: 'http://127.0.0.1:9090' }
    assert.deepEqual(environmentOf(calling, { TIDE_URL: 'https://other.example.com' }, {}, standIns), { ...standIns, ...PLACE })
    assert.deepEqual(environmentOf(plain, {}, {}, standIns), PLACE)
    const own = { TIDE_URL: 'https://tide.example.com', TIDE_TIMEOUT: '2' }
    assert.deepEqual(environmentOf(calling, {}, own, standIns), { ...own, ...PLACE })
  })
})
