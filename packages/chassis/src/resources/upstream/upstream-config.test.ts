import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type UpstreamOptions, upstream } from '@slipway/chassis'
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

test('what is wrong with the URL of an upstream is said as it is', async () => {
  for (const [url, fault] of [
    ['ftp://example.com', 'It must be http:// or https:// and a host'],
    ['', 'It must be http:// or https:// and a host'],
    ['http://', 'It must have a host, and a port from 1 to 65535 or none'],
    ['http://example.com:99999', 'It must have a host, and a port from 1 to 65535 or none'],
    ['http://example.com:25', 'It must have another port: 25 is one of those that fetch never calls'],
    ['http://example.com/?key=1', 'It must have no credentials, query or fragment'],
  ] as const) {
    const started = startService(shouting, { environment: { SHOUT_CLOUD_URL: url }, writer: { write: () => {}, flush: () => {} } })
    await assert.rejects(started, (error) => {
      assert.ok(error instanceof ConfigError)
      assert.ok(error.message.includes(`SHOUT_CLOUD_URL is not valid: ${fault};`), error.message)
      return true
    })
  }
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
      ['SHOUT_CLOUD_MAX_RETRY_AFTER', '30'],
      ['SHOUT_CLOUD_BREAKER', 'true'],
    ],
  )
  assert.deepEqual(cloud?.network({}), [{ host: 'shout.example.com', port: 443 }])
  assert.deepEqual(cloud?.network({ SHOUT_CLOUD_URL: 'http://10.0.0.1:8090/x' }), [{ host: '10.0.0.1', port: 8090 }])
  assert.deepEqual(cloud?.network({ SHOUT_CLOUD_URL: 'https://[2001:db8::1]/x' }), [{ host: '2001:db8::1', port: 443 }])
})

test('the definition of an upstream is refused with a sentence for each mistake', () => {
  const wrong = { name: 'Shout Cloud', url: 'ftp://example.com', timeout: -1, attempts: 1.5, maxResponseBytes: Number.NaN, maxRetryAfter: '30' }
  assert.throws(() => upstream(wrong as unknown as UpstreamOptions), {
    name: 'DefinitionError',
    message: `The upstream Shout Cloud is not well defined:
  Its name must be lower-case letters, digits and hyphens, starting with a letter, as in shout-cloud.
  Its url is not valid: It must be http:// or https:// and a host.
  Its timeout must be a number of seconds from 0.001 to 3600; it is -1.
  Its attempts must be a whole number of tries from 1 to 10; it is 1.5.
  Its maxResponseBytes must be a whole number of bytes from 1 to 1073741824; it is NaN.
  Its maxRetryAfter must be a number of seconds from 0 to 3600; it is 30.`,
  })
})
