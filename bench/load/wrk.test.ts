import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseWrkOutput, toScript } from './wrk.ts'

const output = (latency: string, errors = '') => `Running 2s test @ http://127.0.0.1:8080/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   702.31us    1.38ms  19.53ms   94.57%
    Req/Sec    77.53k    10.37k   88.95k    85.00%
  Latency Distribution
     50%  352.00us
     99%    ${latency}
  154236 requests in 2.00s, 21.48MB read
${errors}Requests/sec:  77060.73
Transfer/sec:     10.73MB
`

test('requests, rate and p99 are read in every unit that wrk prints', () => {
  assert.deepEqual(parseWrkOutput(output('7.51ms')), { requests: 154236, failures: 0, requestsPerSecond: 77060.73, p99Milliseconds: 7.51 })
  assert.equal(parseWrkOutput(output('352.00us')).p99Milliseconds, 0.352)
  assert.equal(parseWrkOutput(output('1.50s')).p99Milliseconds, 1500)
})

test('answers that were not 2xx and broken connections both count as failures', () => {
  const errors = '  Socket errors: connect 0, read 3, write 1, timeout 2\n  Non-2xx or 3xx responses: 40\n'
  assert.equal(parseWrkOutput(output('7.51ms', errors)).failures, 46)
})

test('other output is refused with a sentence', () => {
  assert.throws(() => parseWrkOutput('unable to connect'), /wrk's output could not be read/)
})

test('a plain GET needs no script; another request becomes Lua', () => {
  assert.equal(toScript([{ path: '/' }]), '')
  assert.equal(
    toScript([{ method: 'POST', path: '/', headers: { 'content-type': 'application/json' }, body: '{"a":1}' }]),
    'wrk.method = "POST"\nwrk.body = "{\\"a\\":1}"\nwrk.headers["content-type"] = "application/json"',
  )
})

test('of many requests, the script picks one each time', () => {
  const script = toScript([{ path: '/1' }, { path: '/2' }])
  assert.match(script, /^wrk.method = "GET"\nlocal paths = \{ "\/1", "\/2" \}\nlocal bodies = \{ false, false \}\n/)
  assert.match(script, /return texts\[math.random\(#texts\)\]/)
})
