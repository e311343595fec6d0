import { parseAllDocuments } from 'yaml'
import { diffValues } from './diff-values.ts'
import { FOLDER, leftOverFiles, type RenderedFile, readRendered } from './rendered-files.ts'

interface Manifest {
  kind: string
  metadata: { name: string; namespace?: string }
}

const MANIFESTS = /\/manifests\.yaml$/

/** What would change of each deployment, resource by resource, against the manifests that are there. */
export function diffManifests(project: string, files: readonly RenderedFile[]): string {
  const gone = leftOverFiles(project, files).map((path) => ({ path, text: '' }))
  const compared = [...files, ...gone]
    .filter(({ path }) => MANIFESTS.test(path))
    .map(({ path, text }) => ({ label: labelOf(path), changes: changesOf(readRendered(project, path) ?? '', text) }))
  const changed = compared.filter(({ changes }) => changes.length > 0).map(({ label, changes }) => [label, ...changes].join('\n  '))
  const unchanged = compared.filter(({ changes }) => changes.length === 0).map(({ label }) => label)
  if (changed.length === 0) return 'no change'
  return [...changed, ...(unchanged.length > 0 ? [`no change: ${unchanged.join(', ')}`] : [])].join('\n')
}

/** `generated/environments/production/customer-a/manifests.yaml` is customer-a in production. */
function labelOf(path: string): string {
  const [environment, name] = path
    .slice(FOLDER.length + 1)
    .split('/')
    .slice(0, -1)
    .slice(-2)
  return name === undefined ? String(environment) : `${name} in ${environment}`
}

function changesOf(before: string, after: string): string[] {
  const [old, current] = [resourcesOf(before), resourcesOf(after)]
  const ids = [...new Set([...old.keys(), ...current.keys()])].sort()
  return ids.flatMap((id) => {
    const [from, to] = [old.get(id), current.get(id)]
    if (from === undefined) return [`${id} is new`]
    if (to === undefined) return [`${id} is gone`]
    return [...diffValues(from, to)].map((change) => `${id}: ${change}`)
  })
}

function resourcesOf(text: string): Map<string, Manifest> {
  const manifests = parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as Manifest | null)
  return new Map(manifests.filter((one) => one !== null).map((one) => [`${one.kind}/${one.metadata.name}`, one]))
}
