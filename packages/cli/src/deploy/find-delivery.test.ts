import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type FaultyCluster, startFaultyCluster } from '../../../../test/faulty-cluster.ts'
import { kubectl } from '../../../../test/tools/kubectl.ts'
import { podman } from '../image/engines/podman.ts'
import { showCommand } from '../program/command-line.ts'
import { createCluster } from './cluster.ts'
import { type DeliveryOptions, findDelivery } from './find-delivery.ts'

const TIMEOUT = { timeout: 60_000 }
const SAVE = 'podman save --format docker-archive --output image.tar greeter:1'
const node = (name: string, kubeletVersion: string, labels = {}) => ({ metadata: { name, labels }, status: { nodeInfo: { kubeletVersion } } })

describe('the way of an image to the nodes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
  const own = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG, HOME: process.env.HOME }
  let stand: FaultyCluster

  before(
    async () => {
      stand = await startFaultyCluster()
      const file = join(folder, 'kubeconfig')
      const config = {
        clusters: [{ name: 'a', cluster: { server: `http://127.0.0.1:${stand.port}` } }],
        contexts: [{ name: 'a', context: { cluster: 'a' } }],
      }
      writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config, 'current-context': 'a' }))
      Object.assign(process.env, { PATH: `${join(await kubectl(), '..')}:${process.env.PATH}`, KUBECONFIG: file, HOME: folder })
    },
    { timeout: 300_000 },
  )

  after(() => {
    for (const [key, value] of Object.entries(own)) if (value === undefined) delete process.env[key]
    Object.assign(process.env, Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)))
    stand.close()
    rmSync(folder, { recursive: true })
  })

  async function linesOf(context: string, options: DeliveryOptions = {}): Promise<string[]> {
    const delivery = await findDelivery(await createCluster({ context, seconds: 10 }), options)
    return delivery.steps({ engine: podman, reference: 'greeter:1', archive: 'image.tar' }).map(({ line }) => showCommand(line))
  }

  it('is a registry where that was asked for', TIMEOUT, async () => {
    assert.deepEqual(await linesOf('kind-harbour', { push: true }), ['podman push greeter:1'])
  })

  it("is a command of one's own, which no shell reads", TIMEOUT, async () => {
    assert.deepEqual(await linesOf('a', { load: ' ssh node  ctr images import {archive} ' }), [SAVE, 'ssh node ctr images import image.tar'])
    assert.deepEqual(await linesOf('a', { load: 'load;ls $HOME' }), [SAVE, "'load;ls' '$HOME' image.tar"])
  })

  it('is that of kind and k3d, by the name of the context', TIMEOUT, async () => {
    assert.deepEqual(await linesOf('kind-harbour'), [SAVE, 'kind load image-archive image.tar --name harbour'])
    assert.deepEqual(await linesOf('k3d-harbour'), [SAVE, 'k3d image import image.tar --cluster harbour'])
  })

  it('is that of minikube and k3s, by the nodes', TIMEOUT, async () => {
    stand.fail({ nodes: [node('m', 'v1.33.1', { 'minikube.k8s.io/name': 'harbour' })] })
    assert.deepEqual(await linesOf('a'), [SAVE, 'minikube image load image.tar --profile harbour'])
    stand.fail({ nodes: [node(hostname().toLowerCase(), 'v1.33.1+k3s1')] })
    const [, line] = await linesOf('a')
    assert.match(line as string, /^(sudo )?k3s ctr images import image\.tar$/)
  })

  it('is not known elsewhere, which says what can be done', TIMEOUT, async () => {
    for (const nodes of [[node('far', 'v1.33.1+k3s1')], [node('far', 'v1.33.1')]]) {
      stand.fail({ nodes })
      await assert.rejects(
        linesOf('a'),
        /^CliError: The cluster of the context a is neither .* push it with --push <registry>, or .* --load 'command \{archive\}'\.$/,
      )
    }
  })

  it('is not known where the cluster does not answer, and what needs none is named', TIMEOUT, async () => {
    await assert.rejects(linesOf('nowhere'), ({ message }: Error) => {
      assert.match(message, /^The cluster does not tell of its nodes, .*; name the way with --push, --load or --tag\. kubectl says:\n {2}.*nowhere/)
      return true
    })
  })
})
