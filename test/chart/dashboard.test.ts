import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startProcess } from '../start-process.ts'
import { renderChart } from './render-chart.ts'

interface Dashboard {
  title: string
  panels: readonly { title: string; targets: readonly { expr: string }[] }[]
}

async function dashboard(): Promise<Dashboard> {
  const manifests = await renderChart({ set: ['monitoring.dashboard.enabled=true'] })
  const { data } = manifests.find(({ metadata }) => metadata.name === 'north-dashboard') ?? {}
  return JSON.parse(data?.['fjord-north.json'] ?? '') as Dashboard
}

/** The metrics that a service exports once it is ready. */
async function exportedBy(file: string): Promise<string[]> {
  const started = await startProcess(file, { DATABASE_URL: 'sqlite::memory:' })
  try {
    const text = await (await fetch(`${started.url}/metrics`)).text()
    return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => String(name))
  } finally {
    await started.stop()
  }
}

describe('the dashboard', () => {
  it('is of its release', { timeout: 60_000 }, async () => {
    const text = JSON.stringify(await dashboard())
    assert.ok(text.includes('namespace=\\"fjord\\",job=\\"north\\"') && !text.includes('@'))
  })

  it('asks for metrics alone that a running service exports', { timeout: 60_000 }, async () => {
    const exported = new Set([...(await exportedBy('services/configs/main.ts')), ...(await exportedBy('services/shout/main.ts'))])
    const { panels } = await dashboard()
    const asked = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => [...expr.matchAll(/([a-z_0-9]+)\{/g)].map(([, name]) => String(name))),
    )
    assert.ok(asked.length >= panels.length)
    assert.deepEqual(
      asked.filter((name) => !exported.has(name.replace(/_(bucket|count|sum)$/, '')) && !exported.has(name)),
      [],
    )
  })
})
