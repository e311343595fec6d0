import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testService } from '@slipway/chassis/testing'
import service from './service.ts'

async function greet(environment: Record<string, string>) {
  const greeter = await testService(service, { environment })
  const response = await greeter.request('/')
  const body = (await response.json()) as Record<string, unknown>
  await greeter.stop()
  return { status: response.status, contentType: response.headers.get('content-type'), body, logs: greeter.logs }
}

const known: [customer: string | undefined, greeting: string][] = [
  [undefined, 'Hi!'],
  ['A', 'Hi!'],
  ['B', 'Dear Sir or Madam!'],
  ['C', 'Moin!'],
]
for (const [customer, greeting] of known) {
  test(`customer ${customer ?? '(unset)'} is greeted with ${greeting}`, async () => {
    const { status, contentType, body } = await greet(customer === undefined ? {} : { CUSTOMER_NAME: customer })
    assert.equal(status, 200)
    assert.equal(contentType, 'application/json')
    assert.deepEqual(body, { response: greeting })
  })
}

test('GREETING replaces the text, for a customer that the code does not know too', async () => {
  assert.deepEqual((await greet({ CUSTOMER_NAME: 'D', GREETING: 'Grüß Gott' })).body, { response: 'Grüß Gott' })
  assert.deepEqual((await greet({ CUSTOMER_NAME: 'B', GREETING: '👋' })).body, { response: '👋' })
})

// 1, true and null are names like any other; toString is no key of the table.
for (const customer of ['X', 'a', '', '1', 'true', 'null', 'toString', '__proto__']) {
  test(`customer ${JSON.stringify(customer)} is unknown: 404, and one warning at start`, async () => {
    const { status, contentType, body, logs } = await greet({ CUSTOMER_NAME: customer })
    assert.equal(status, 404)
    assert.equal(contentType, 'application/problem+json')
    assert.equal(body.code, 'unknown_customer')
    assert.ok(String(body.detail).includes(JSON.stringify(customer)), 'the detail names the customer')
    assert.match(String(body.detail), /known are A, B, C\. Set GREETING/)
    assert.equal(logs.filter(({ level }) => level === 'warn').length, 1)
  })
}

test('GET /health answers, and an empty GREETING is refused', async () => {
  const greeter = await testService(service)
  const response = await greeter.request('/health')
  assert.equal(response.status, 200)
  assert.deepEqual(await response.json(), { status: 'ok' })
  await greeter.stop()
  await assert.rejects(testService(service, { environment: { GREETING: '' } }), /GREETING must be text of at least 1 character; it is ""/)
})
