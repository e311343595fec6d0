import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { runtime } from '#runtime'

const SCRAPES = 20
/** Of CPU time, a scrape; a walk through such a heap takes 20. */
const MOST_MILLISECONDS = 8

test('a scrape of the runtime costs the same, however much the heap holds', async () => {
  const registry = new Registry()
  const end = runtime.collectRuntimeMetrics(registry)
  const heap = Array.from({ length: 300_000 }, (_, index) => ({ index, text: `object ${index}` }))
  const before = process.cpuUsage()
  let text = ''
  for (let scrape = 0; scrape < SCRAPES; scrape++) text = await registry.metrics()
  const { user, system } = process.cpuUsage(before)
  end()
  assert.ok(heap.length > 0 && text.includes('process_resident_memory_bytes') && text.includes('nodejs_heap_size_used_bytes'))
  const milliseconds = (user + system) / 1000 / SCRAPES
  assert.ok(milliseconds < MOST_MILLISECONDS, `${milliseconds.toFixed(1)} ms`)
})
