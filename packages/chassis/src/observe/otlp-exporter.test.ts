import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startCollector } from '../../../../test/otlp/start-collector.ts'
import { OtlpExporter, type OtlpExporterOptions } from './otlp-exporter.ts'
import { ProtobufWriter } from './protobuf-writer.ts'
import type { EndedSpan } from './span.ts'
import { newTraceIds } from './span-ids.ts'
import { TraceEncoder } from './trace-encoder.ts'

const span = (facts: Partial<EndedSpan> = {}): EndedSpan => ({
  ids: newTraceIds(),
  parentSpanId: undefined,
  traceState: undefined,
  name: 'GET /',
  kind: 'server',
  startedAt: performance.now() - 5,
  endedAt: performance.now(),
  commonAttributes: {},
  attributes: {},
  isError: false,
  events: [],
  ...facts,
})

function exporterTo(url: string, options: Partial<OtlpExporterOptions> = {}) {
  const warnings: string[] = []
  const exporter = new OtlpExporter({
    url: `${url}/v1/traces`,
    headers: () => ({ authorization: 'Bearer collector' }),
    resource: { 'service.name': 'grüße', 'service.version': '1' },
    exportTimeout: 2000,
    maxQueueSize: 2048,
    maxExportBatchSize: 512,
    scheduleDelay: 20,
    warn: (message) => warnings.push(message),
    ...options,
  })
  return { exporter, warnings }
}

describe('the exporter, with a real receiver', () => {
  test('every field arrives as it was', async () => {
    const collector = await startCollector()
    const { exporter } = exporterTo(collector.url)
    const attributes = {
      text: 'Grüß Gott 👋',
      empty: '',
      yes: true,
      no: false,
      zero: 0,
      whole: 2 ** 40,
      negative: -3,
      fraction: 0.25,
      long: 'x'.repeat(40_000),
    }
    const events = [{ name: 'exception', at: performance.now(), attributes: { 'exception.message': 'the roof leaks' } }]
    const commonAttributes = { common: 'to all of a kind' }
    const sent = span({ parentSpanId: newTraceIds().spanId, name: 'saw', kind: 'client', commonAttributes, attributes, isError: true, events })
    exporter.add(sent)
    exporter.add(span({ commonAttributes }))
    await exporter.close(2000)
    const [received, other] = collector.spans
    assert.ok(received)
    assert.deepEqual(
      [received.traceId, received.spanId, received.parentSpanId, received.name, received.kind, received.status],
      [sent.ids.traceId, sent.ids.spanId, sent.parentSpanId, 'saw', 'CLIENT', 'ERROR'],
    )
    assert.deepEqual(received.attributes, { ...commonAttributes, ...attributes })
    assert.deepEqual(received.events, [{ name: 'exception', attributes: { 'exception.message': 'the roof leaks' } }])
    assert.deepEqual(received.resource, { 'service.name': 'grüße', 'service.version': '1' })
    assert.ok(Math.abs(received.startedAt - (Date.now() - performance.now() + sent.startedAt)) < 5)
    assert.ok(received.endedAt >= received.startedAt)
    assert.deepEqual([other?.parentSpanId, other?.kind, other?.status, other?.attributes], ['', 'SERVER', 'UNSET', commonAttributes])
    assert.equal(collector.headers[0]?.authorization, 'Bearer collector')
    assert.equal(collector.headers[0]?.['content-type'], 'application/x-protobuf')
    assert.deepEqual(exporter.counts(), { exported: 2, dropped: 0 })
    await collector.close()
  })

  test('spans go in batches, without being asked to', async () => {
    const collector = await startCollector()
    const { exporter } = exporterTo(collector.url, { maxExportBatchSize: 10 })
    for (let index = 0; index < 95; index++) exporter.add(span())
    for (let attempt = 0; attempt < 200 && collector.spans.length < 95; attempt++) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.equal(collector.spans.length, 95)
    assert.equal(collector.headers.length, 10)
    await exporter.close(100)
    await collector.close()
  })

  test('a collector that is busy is asked again, one that refuses is not', async () => {
    const collector = await startCollector()
    collector.statuses.push(503, 429)
    const busy = exporterTo(collector.url)
    busy.exporter.add(span())
    await busy.exporter.close(5000)
    assert.deepEqual(busy.exporter.counts(), { exported: 1, dropped: 0 })
    collector.statuses.push(400)
    const refused = exporterTo(collector.url)
    refused.exporter.add(span())
    await refused.exporter.close(5000)
    assert.deepEqual([refused.exporter.counts(), refused.warnings.length], [{ exported: 0, dropped: 1 }, 1])
    await collector.close()
  })

  test('a collector that is gone costs nobody time: spans are dropped, counted and complained about once', async () => {
    const collector = await startCollector()
    await collector.close()
    const { exporter, warnings } = exporterTo(collector.url, { maxQueueSize: 100, maxExportBatchSize: 50, exportTimeout: 100 })
    const startedAt = performance.now()
    for (let index = 0; index < 1000; index++) exporter.add(span())
    assert.ok(performance.now() - startedAt < 100)
    await exporter.close(300)
    assert.ok(performance.now() - startedAt < 2000)
    assert.deepEqual([exporter.counts(), warnings.length], [{ exported: 0, dropped: 1000 }, 1])
  })
})

test('times are kept to the microsecond, wherever their halves meet', () => {
  const writer = new ProtobufWriter()
  for (const microseconds of [0, 1, 2 ** 20 - 1, 2 ** 20, 4_294_967, 4_294_968, 1_795_255_200_123_456, 2 ** 51]) {
    writer.microsecondsAsNanoseconds(1, microseconds)
    assert.equal(Buffer.from(writer.take()).readBigUInt64LE(1), BigInt(microseconds) * 1000n)
  }
})

test('an empty export is still a message', () => {
  assert.ok(new TraceEncoder({}).take().length > 0)
})
