import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startFaultyCluster } from './faulty-cluster.ts'
import { kubectl } from './tools/kubectl.ts'

const SCRIPT = fileURLToPath(new URL('../deploy/scripts/find-cluster', import.meta.url))
const TIMEOUT = { timeout: 300_000 }

describe('make cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
  after(() => rmSync(folder, { recursive: true }))

  async function find(path: string, kubeconfig = 'none') {
    const environment = { PATH: path, HOME: folder, KUBECONFIG: join(folder, kubeconfig) }
    const child = spawn('/bin/sh', [SCRIPT], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    const [[status], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
    return { status: status as number, stdout, stderr }
  }

  it('says what is missing where there is no kubectl', async () => {
    const { status, stderr } = await find('/nowhere')
    assert.equal(status, 1)
    assert.match(stderr, /^There is no kubectl on PATH; install it first: https:/)
  })

  it('says how to get a cluster where there is none', TIMEOUT, async () => {
    symlinkSync(await kubectl(), join(folder, 'kubectl'))
    symlinkSync('/bin/cat', join(folder, 'cat'))
    const { status, stdout, stderr } = await find(folder)
    assert.deepEqual([status, stdout], [1, ''])
    for (const name of ['kind', 'minikube', 'k3s']) assert.match(stderr, new RegExp(`^ {2}${name} +https://`, 'm'))
  })

  it('names the one that answers', TIMEOUT, async () => {
    const cluster = await startFaultyCluster()
    const names = {
      clusters: [{ name: 'harbour', cluster: { server: `http://127.0.0.1:${cluster.port}` } }],
      contexts: [{ name: 'harbour', context: { cluster: 'harbour' } }],
    }
    writeFileSync(join(folder, 'kubeconfig'), JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...names, 'current-context': 'harbour' }))
    const { status, stdout } = await find(folder, 'kubeconfig')
    cluster.close()
    assert.deepEqual([status, stdout], [0, 'The cluster of the context harbour answers.\nNext: make deploy\n'])
  })
})
