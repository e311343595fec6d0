import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toMetricPanel } from './metric-panel.ts'

const metric = { name: 'ferry_trips', help: 'Trips across the fjord.', labels: ['quay'] }
const queryOf = (change: Partial<Parameters<typeof toMetricPanel>[0]>) =>
  toMetricPanel({ ...metric, kind: 'counter', ...change }).targets[0]?.expr.replaceAll('{namespace="$namespace",job="$deployment"}', '')

describe('the panel of a metric', () => {
  it('is titled by its help', () => {
    assert.equal(toMetricPanel({ ...metric, kind: 'gauge' }).title, 'Trips across the fjord')
  })

  it('asks as its kind is asked for, by its labels', () => {
    assert.equal(queryOf({}), 'sum by (quay) (rate(ferry_trips[$__rate_interval]))')
    assert.equal(queryOf({ labels: [] }), 'sum (rate(ferry_trips[$__rate_interval]))')
    assert.equal(queryOf({ kind: 'gauge' }), 'sum by (quay) (ferry_trips)')
    assert.equal(queryOf({ kind: 'histogram' }), 'histogram_quantile(0.95, sum by (le, quay) (rate(ferry_trips_bucket[$__rate_interval])))')
  })
})
