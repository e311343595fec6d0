import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shouting } from '../../../../../test/open-upstream.ts'
import { describeConfig } from '../../run/config-keys.ts'
import { ConfigError } from '../../run/load-config.ts'
import { startService } from '../../run/run-service.ts'

test('what is wrong with the config of an upstream is said by key', async () => {
  const wrong = {
    SHOUT_CLOUD_URL: 'https://user:secret@example.com/',
    SHOUT_CLOUD_TIMEOUT: '0',
    SHOUT_CLOUD_ATTEMPTS: '11',
    SHOUT_CLOUD_BREAKER: 'maybe',
  }
  await assert.rejects(startService(shouting, { environment: wrong, writer: { write: () => {}, flush: () => {} } }), (error) => {
    assert.ok(error instanceof ConfigError)
    for (const key of Object.keys(wrong)) assert.match(error.message, new RegExp(key))
    assert.match(error.message, /no credentials, query or fragment/)
    return true
  })
})

test('an upstream is where its URL says, and has defaults for all keys', () => {
  const { cloud } = shouting.resources
  const keys = describeConfig(shouting).filter(({ owner }) => owner === 'cloud')
  assert.deepEqual(
    keys.map(({ key, default: value }) => [key, value]),
    [
      ['SHOUT_CLOUD_URL', 'https://shout.example.com'],
      ['SHOUT_CLOUD_TIMEOUT', '1'],
      ['SHOUT_CLOUD_TOTAL_TIMEOUT', '3'],
      ['SHOUT_CLOUD_ATTEMPTS', '3'],
      ['SHOUT_CLOUD_CONCURRENCY', '100'],
      ['SHOUT_CLOUD_MAX_RESPONSE_BYTES', '1048576'],
      ['SHOUT_CLOUD_BREAKER', 'true'],
    ],
  )
  assert.deepEqual(cloud?.network({}), [{ host: 'shout.example.com', port: 443 }])
  assert.deepEqual(cloud?.network({ SHOUT_CLOUD_URL: 'http://10.0.0.1:8090/x' }), [{ host: '10.0.0.1', port: 8090 }])
})
