import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { parse, stringify } from 'yaml'
import { loadStackIn } from '../../packages/cli/src/load-environment.ts'
import { kubectl } from '../tools/kubectl.ts'
import { promtool } from '../tools/promtool.ts'
import { apiFaults } from './api-faults.ts'
import type { Manifest } from './manifest.ts'
import { assertNoSecrets, manifestChecks } from './manifest-checks.ts'
import { containersOf, parseManifests, podsOf, ROOT } from './render-chart.ts'

const TIMEOUT = { timeout: 120_000 }
const OVERLAY = 'deploy/overlay/production'
const STACKS = [
  { environment: undefined, folder: 'generated' },
  { environment: 'production', folder: 'generated/environments/production' },
]

interface Kustomization {
  resources: readonly string[]
  images: readonly { name: string; newTag: string }[]
}

const run = promisify(execFile)
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const kustomize = async (folder: string) =>
  parseManifests((await run(await kubectl(), ['kustomize', folder], { cwd: ROOT, maxBuffer: 2 ** 24 })).stdout)
const imagesOf = (manifests: readonly Manifest[]) => podsOf(manifests).flatMap((pod) => containersOf(pod).map(({ image }) => image))
const isNamespace = ({ kind }: Manifest) => kind === 'Namespace'
const idOf = ({ kind, metadata: { namespace, name } }: Manifest) => `${kind} ${namespace ?? ''}/${name}`

async function assertSound(manifests: readonly Manifest[]): Promise<void> {
  assert.deepEqual((await Promise.all(manifests.map(apiFaults))).flat(), [])
  for (const { check } of manifestChecks) check(manifests.filter((one) => !isNamespace(one)))
}

for (const { environment, folder } of STACKS) {
  describe(`the plain manifests in ${folder}`, () => {
    it('pass every check that those of a release pass', TIMEOUT, async () => {
      const { deployments } = await loadStackIn(ROOT, environment)
      for (const { name, namespace, service } of deployments) {
        const manifests = parseManifests(read(`${folder}/${name}/manifests.yaml`))
        await assertSound(manifests)
        assertNoSecrets(service, manifests)
        for (const { metadata } of manifests) {
          assert.deepEqual([metadata.namespace, metadata.labels['app.kubernetes.io/managed-by']], [namespace, 'slipway'])
        }
      }
    })

    it('are in namespaces that refuse what is not restricted', TIMEOUT, async () => {
      const { deployments } = await loadStackIn(ROOT, environment)
      const namespaces = parseManifests(read(`${folder}/namespaces.yaml`))
      assert.deepEqual((await Promise.all(namespaces.map(apiFaults))).flat(), [])
      assert.deepEqual(namespaces.map(({ metadata }) => metadata.name).sort(), deployments.map(({ namespace }) => namespace).sort())
      for (const { metadata } of namespaces) assert.equal(metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted')
    })

    it('are what the kustomize base gives', TIMEOUT, async () => {
      const { resources } = parse(read(`${folder}/kustomization.yaml`)) as Kustomization
      const listed = resources.flatMap((path) => parseManifests(read(`${folder}/${path}`)))
      const built = await kustomize(folder)
      assert.deepEqual(built.map(idOf).sort(), listed.map(idOf).sort())
      for (const instance of new Set(listed.filter((one) => !isNamespace(one)).map(instanceOf))) {
        await assertSound(built.filter((one) => instanceOf(one) === instance))
      }
    })
  })
}

describe('the overlay', () => {
  it('names each image of its base', TIMEOUT, async () => {
    const { images } = parse(read(`${OVERLAY}/kustomization.yaml`)) as Kustomization
    const repositories = new Set(imagesOf(await kustomize('generated/environments/production')).map((image) => image.replace(/:[^:/]*$/, '')))
    assert.deepEqual(images.map(({ name }) => name).sort(), [...repositories].sort())
  })

  it('changes the tags, and nothing else', TIMEOUT, async () => {
    const { images, ...rest } = parse(read(`${OVERLAY}/kustomization.yaml`)) as Kustomization
    const folder = mkdtempSync(join(ROOT, '.cache', 'overlay-'))
    try {
      const base = relative(folder, join(ROOT, 'generated/environments/production'))
      const changed = { ...rest, resources: [base], images: images.map((image) => ({ ...image, newTag: '9.9.9' })) }
      writeFileSync(join(folder, 'kustomization.yaml'), stringify(changed))
      const [before, after] = [await kustomize('generated/environments/production'), await kustomize(folder)]
      for (const image of imagesOf(after)) assert.match(image, /:9\.9\.9$/)
      assert.deepEqual(JSON.parse(JSON.stringify(after).replaceAll(/("image":"[^"]*:)9\.9\.9"/g, '$10.1.0"')), before)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the rendered alerts', () => {
  it('are there for each deployment, and pass promtool', TIMEOUT, async () => {
    const manifests = globSync('generated/**/manifests.yaml', { cwd: ROOT })
    const alerts = manifests.map((path) => path.replace(/manifests\.yaml$/, 'alerts.yaml'))
    assert.ok(alerts.length >= 14 && alerts.every((path) => existsSync(join(ROOT, path))))
    const { stdout } = await run(await promtool(), ['check', 'rules', ...alerts], { cwd: ROOT })
    assert.equal([...stdout.matchAll(/SUCCESS: \d+ rules found/g)].length, alerts.length)
  })
})

/** The deployment that a manifest belongs to. */
function instanceOf({ metadata }: Manifest): string | undefined {
  return metadata.labels['app.kubernetes.io/instance']
}
