import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCollector } from './otlp/start-collector.ts'
import { rawGet, statusOf } from './raw-request.ts'
import { freePort, startProcess } from './start-process.ts'

const WORKSHOP = 'test/fixtures/workshop-main.ts'
const GREETER = 'services/greeter/main.ts'

describe('a graceful stop', () => {
  test('SIGTERM with 50 requests in flight: unready, still live, all answered, spans flushed, exit 0', async () => {
    const collector = await startCollector()
    const workshop = await startProcess(WORKSHOP, { DRAIN_DELAY: '1', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '60000' })
    const inFlight = Array.from({ length: 50 }, () => rawGet(workshop.port, '/slow?milliseconds=1500'))
    await sleep(300)
    workshop.kill('SIGTERM')
    await sleep(200)
    const [live, ready, fresh] = await Promise.all(['/livez', '/readyz', '/motto'].map((path) => fetch(workshop.url + path)))
    assert.equal(live?.status, 200)
    assert.equal(ready?.status, 503)
    assert.match((await ready?.text()) ?? '', /"state":"draining"/)
    assert.equal(fresh?.status, 200)
    assert.equal(fresh?.headers.get('connection'), 'close')
    const answers = await Promise.all(inFlight)
    assert.deepEqual(answers.map(statusOf), Array(50).fill(200))
    assert.equal(await workshop.ended, 0)
    assert.equal(collector.spans.filter(({ name }) => name === 'GET /slow').length, 50)
    assert.equal(workshop.logs().at(-1)?.message, 'Stopped')
    await collector.close()
  })

  test('after the drain delay nobody is let in, and a kept-alive connection is closed', async () => {
    const workshop = await startProcess(WORKSHOP, { DRAIN_DELAY: '0.3' })
    await (await fetch(`${workshop.url}/motto`)).text()
    const slow = rawGet(workshop.port, '/slow?milliseconds=1500')
    await sleep(100)
    workshop.kill('SIGTERM')
    await sleep(700)
    await assert.rejects(fetch(`${workshop.url}/motto`))
    assert.equal(statusOf(await slow), 200)
    assert.equal(await workshop.ended, 0)
  })

  test('a connection on which nothing was ever asked does not hold it up, and one that asks late is answered', async () => {
    const workshop = await startProcess(WORKSHOP, { DRAIN_DELAY: '0.3' })
    const [unused, late] = [connect(workshop.port, '127.0.0.1'), connect(workshop.port, '127.0.0.1')]
    await sleep(100)
    workshop.kill('SIGTERM')
    await sleep(200)
    late.write('GET /motto HTTP/1.1\r\nHost: a\r\n\r\n')
    const stoppedAt = performance.now()
    assert.equal(statusOf(await text(late)), 200)
    assert.equal(await workshop.ended, 0)
    assert.ok(performance.now() - stoppedAt < 5000)
    unused.destroy()
  })

  test('what is still in flight after DRAIN_TIMEOUT is cut off, said, and exit code 1', async () => {
    const workshop = await startProcess(WORKSHOP, { DRAIN_TIMEOUT: '0.3' })
    const slow = rawGet(workshop.port, '/slow?milliseconds=9000')
    await sleep(100)
    const stoppedAt = performance.now()
    workshop.kill('SIGTERM')
    assert.equal(await workshop.ended, 1)
    assert.ok(performance.now() - stoppedAt < 2000)
    assert.equal(await slow, '')
    assert.ok(workshop.logs().some(({ message }) => String(message).includes('still in flight after 0.3 s')))
  })

  test('a second signal exits at once; Ctrl-C does not wait for load balancers', async () => {
    const impatient = await startProcess(WORKSHOP, { DRAIN_DELAY: '60' })
    impatient.kill('SIGTERM')
    await sleep(200)
    impatient.kill('SIGTERM')
    assert.equal(await impatient.ended, 143)
    const interrupted = await startProcess(WORKSHOP, { DRAIN_DELAY: '60' })
    const stoppedAt = performance.now()
    interrupted.kill('SIGINT')
    assert.equal(await interrupted.ended, 0)
    assert.ok(performance.now() - stoppedAt < 1500)
  })

  test('an error that nobody caught is logged once; the process drains and ends with 1', async () => {
    const workshop = await startProcess(WORKSHOP, { DRAIN_DELAY: '0.2' })
    const slow = rawGet(workshop.port, '/slow?milliseconds=600')
    await sleep(100)
    assert.equal(statusOf(await rawGet(workshop.port, '/crash')), 200)
    assert.equal(statusOf(await slow), 200)
    assert.equal(await workshop.ended, 1)
    const fatal = workshop.logs().filter((line) => line['exception.message'] === 'the boiler burst')
    assert.deepEqual(
      fatal.map(({ level }) => level),
      ['fatal'],
    )
    assert.equal(workshop.stderr(), '')
  })
})

test('an error that nobody caught while draining is not lost: it is logged, and the exit code is 1', async () => {
  const workshop = await startProcess(WORKSHOP, { DRAIN_DELAY: '0.5' })
  workshop.kill('SIGTERM')
  await sleep(100)
  assert.equal(statusOf(await rawGet(workshop.port, '/reject')), 200)
  assert.equal(await workshop.ended, 1)
  assert.ok(workshop.logs().some((line) => line['exception.message'] === 'the chimney fell'))
})

test('a signal after an uncaught error is the first signal, and does not cut off what is in flight', async () => {
  const workshop = await startProcess(WORKSHOP, { DRAIN_DELAY: '0.1' })
  const slow = rawGet(workshop.port, '/slow?milliseconds=1000')
  await sleep(100)
  await rawGet(workshop.port, '/crash')
  await sleep(100)
  workshop.kill('SIGTERM')
  assert.equal(statusOf(await slow), 200)
  assert.equal(await workshop.ended, 1)
})

describe('a start that fails', () => {
  test('wrong config: both keys are named, exit 78, nothing else is printed', async () => {
    const greeter = await startProcess(GREETER, { PORT: 'abc', LOG_LEVEL: 'loud' }, false)
    assert.equal(await greeter.ended, 78)
    assert.equal(
      greeter.stderr(),
      [
        'The configuration of greeter is not valid:',
        '  PORT must be a whole number from 1 to 65535; it is "abc". Unset it for the default, 8080.',
        '  LOG_LEVEL must be one of debug, info, warn, error, silent; it is "loud". Unset it for the default, info.',
        '',
      ].join('\n'),
    )
    assert.deepEqual(greeter.logs(), [])
  })

  test('a taken port is named with the remedy, exit 69', async () => {
    const first = await startProcess(GREETER)
    const second = await startProcess(GREETER, { PORT: String(first.port) }, false)
    assert.equal(await second.ended, 69)
    assert.match(second.stderr(), new RegExp(`^Port ${first.port} is taken; stop what listens there, or choose another port\\.`))
    first.kill()
    assert.equal(await first.ended, 0)
  })
})

describe('MANAGEMENT_PORT', () => {
  test('has health and metrics, which are then not on PORT, until the very end', async () => {
    const management = await freePort()
    const greeter = await startProcess(GREETER, { MANAGEMENT_PORT: String(management), DRAIN_DELAY: '1' }, false)
    const at = (port: number, path: string) =>
      fetch(`http://127.0.0.1:${port}${path}`).then(
        ({ status }) => status,
        () => 0,
      )
    for (let attempt = 0; attempt < 200 && (await at(management, '/readyz')) !== 200; attempt++) await sleep(20)
    assert.deepEqual(await Promise.all(['/livez', '/readyz', '/metrics', '/'].map((path) => at(management, path))), [200, 200, 200, 404])
    assert.deepEqual(
      await Promise.all(['/livez', '/readyz', '/metrics', '/', '/version'].map((path) => at(greeter.port, path))),
      [404, 404, 404, 200, 200],
    )
    greeter.kill()
    await sleep(300)
    assert.deepEqual(await Promise.all(['/livez', '/readyz'].map((path) => at(management, path))), [200, 503])
    assert.equal(await greeter.ended, 0)
  })
})

test('a collector that is not there changes nothing for clients, and is warned of', async () => {
  const workshop = await startProcess(WORKSHOP, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    OTEL_BSP_SCHEDULE_DELAY: '10',
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
  })
  for (let index = 0; index < 20; index++) assert.equal((await fetch(`${workshop.url}/motto`)).status, 200)
  await sleep(1000)
  const metrics = await (await fetch(`${workshop.url}/metrics`)).text()
  assert.ok(Number(/otel_sdk_exporter_spans_dropped_total (\d+)/.exec(metrics)?.[1]) > 0)
  workshop.kill()
  assert.equal(await workshop.ended, 0)
  assert.equal(workshop.logs().filter(({ message }) => String(message).startsWith('Traces could not be sent')).length, 1)
})
