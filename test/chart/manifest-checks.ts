import assert from 'node:assert/strict'
import { configKeys, type Service } from '@slipway/chassis'
import type { Manifest, ManifestCheck } from './manifest.ts'
import { podChecks } from './pod-checks.ts'
import { releaseChecks } from './release-checks.ts'
import { configOf } from './render-chart.ts'

/** What must hold of every set of manifests: merged from kube-score, kube-linter, Polaris, Kubescape and Pod Security Standards "restricted". */
export const manifestChecks: readonly ManifestCheck[] = [...podChecks, ...releaseChecks]

/** No value of a secret can be in a manifest: the chart takes references, and what is in the ConfigMap is no secret key but for a file of SQLite. */
export function assertNoSecrets(service: Service, manifests: readonly Manifest[]): void {
  const data = configOf(manifests)
  const secrets = configKeys(service).filter(({ isSecret, key }) => isSecret && data[key] !== undefined && !data[key].startsWith('sqlite:/'))
  assert.deepEqual(secrets, [])
  assert.deepEqual(
    manifests.filter(({ kind }) => kind === 'Secret'),
    [],
  )
}
