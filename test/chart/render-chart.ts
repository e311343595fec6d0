import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { type ContractSource, toContract } from '../../packages/cli/src/contract/to-contract.ts'
import { renderHelmValues } from '../../packages/cli/src/render/helm-values.ts'
import type { DeployedContract } from '../../packages/cli/src/render/render-deployment.ts'
import { helm } from '../tools/helm.ts'
import type { Container, Manifest, Metadata, PodSpec } from './manifest.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CHART = `${ROOT}chart`
export const SMALLEST = 'test/chart/values/smallest.yaml'
export const FULLEST = 'test/chart/values/fullest.yaml'
export const WORDS = 'test/chart/values/words.yaml'

const run = promisify(execFile)

export interface ChartOptions {
  /** The release. @default 'north' */
  name?: string
  /** @default 'fjord' */
  namespace?: string
  /** Files of values, from the project's folder. @default [SMALLEST] */
  values?: readonly string[]
  /** As after `--set`. @default [] */
  set?: readonly string[]
  /** Of the cluster. @default the newest that Helm knows */
  kubeVersion?: string
}

/** What `helm template` makes of the chart, parsed. Rejects with what Helm says. */
export async function renderChart(options: ChartOptions = {}): Promise<Manifest[]> {
  const { name = 'north', namespace = 'fjord', kubeVersion } = options
  const cluster = kubeVersion === undefined ? [] : ['--kube-version', kubeVersion]
  const { stdout } = await callHelm(['template', name, CHART, '--namespace', namespace, ...cluster, ...valueArguments(options)])
  return parseManifests(stdout)
}

/** As Kubernetes reads them: by YAML 1.1, where a bare `no` is false; a key that stands twice is an error. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw new TypeError(`${document.errors.join('\n')}\n${text}`)
    return document.toJS() as Manifest
  })
}

/** That Helm renders nothing of these values, and what it says of them. */
export function refuses(set: readonly string[], message: RegExp): Promise<void> {
  return assert.rejects(renderChart({ set }), ({ message: said }: Error) => message.test(said))
}

/** The file of values that `slipway render` makes of a deployment. */
export function valuesOf(source: ContractSource): string {
  return renderHelmValues(toContract(source) as DeployedContract, { folder: 'generated', place: '' })
}

/** A file of values, from the project's folder, for as long as it is used. */
export async function withValues(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-'))
  try {
    writeFileSync(join(folder, 'values.yaml'), text)
    await use(relative(ROOT, join(folder, 'values.yaml')))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What `helm lint --strict` says. Rejects with it where it finds fault. */
export async function lintChart(options: ChartOptions = {}): Promise<string> {
  return (await callHelm(['lint', '--strict', CHART, ...valueArguments(options)])).stdout
}

function valueArguments({ values = [SMALLEST], set = [] }: ChartOptions): string[] {
  return [...values.flatMap((file) => ['--values', `${ROOT}${file}`]), ...set.flatMap((one) => ['--set', one])]
}

async function callHelm(args: string[]): Promise<{ stdout: string }> {
  return run(await helm(), args, { maxBuffer: 16 * 2 ** 20 }).catch((error: { stderr?: string; stdout?: string }) => {
    throw new Error(`${error.stdout}${error.stderr}`)
  })
}

/** The one manifest of a kind. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const [found, ...others] = manifests.filter((one) => one.kind === kind)
  if (!found || others.length > 0) throw new Error(`There should be one ${kind}; there are ${others.length + (found ? 1 : 0)}.`)
  return found
}

export interface Pod {
  /** What makes it, as `Deployment north`. */
  owner: string
  metadata: Metadata
  spec: PodSpec
}

/** Every pod that a set of manifests makes. */
export function podsOf(manifests: readonly Manifest[]): Pod[] {
  return manifests.flatMap(({ kind, metadata, spec }) => {
    const owner = `${kind} ${metadata.name}`
    if (kind === 'Pod') return [{ owner, metadata, spec }]
    return spec?.template ? [{ owner, ...spec.template }] : []
  })
}

export function containersOf({ spec }: Pod): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers]
}

/** What the service reads: the data of the ConfigMap of the release's name; the dashboard has another one. */
export function configOf(manifests: readonly Manifest[]): Manifest['data'] {
  const { name } = only(manifests, 'Deployment').metadata
  return only(
    manifests.filter(({ metadata }) => metadata.name === name),
    'ConfigMap',
  ).data
}

/** What the service reads, of the smallest values and those that are set. */
export async function dataWith(...set: string[]): Promise<Manifest['data']> {
  return configOf(await renderChart({ set }))
}

/** The container that the service itself runs in. */
export function serviceContainer(manifests: readonly Manifest[]): Container {
  const [container] = only(manifests, 'Deployment').spec.template?.spec.containers ?? []
  if (!container) throw new Error('The Deployment has no container.')
  return container
}
