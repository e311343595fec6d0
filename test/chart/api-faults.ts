import * as client from '@kubernetes/client-node'
import type { Manifest } from './manifest.ts'

interface Model {
  validate(): void
}

interface ClientModel {
  getAttributeTypeMap(): readonly { baseName: string; type: string }[]
}

/** Where the models of custom resources come from, by group; their validators know of types and required fields. */
const CUSTOM: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'traefik.io': '@kubernetes-models/traefik',
}

/** What the Kubernetes API would refuse of a manifest, or silently drop: wrong types, missing fields, unknown ones. */
export async function apiFaults(manifest: Manifest): Promise<string[]> {
  const version = manifest.apiVersion.split('/').at(-1) ?? ''
  return [...(await modelFaults(manifest)), ...unknownFields(manifest, `${version.toUpperCase()}${manifest.kind}`, manifest.kind)]
}

async function modelFaults(manifest: Manifest): Promise<string[]> {
  const from = CUSTOM[manifest.apiVersion.split('/')[0] ?? ''] ?? 'kubernetes-models'
  const models = (await import(`${from}/${manifest.apiVersion}`)) as Record<string, new (data: object) => Model>
  const Kind = models[manifest.kind]
  if (!Kind) return [`${manifest.apiVersion} has no ${manifest.kind}.`]
  try {
    new Kind(manifest).validate()
    return []
  } catch (error) {
    return [`${manifest.kind} ${manifest.metadata.name}: ${(error as Error).message}`]
  }
}

/** The client's classes list the fields of each type; what it has no class for, such as a map of texts, has any. */
function unknownFields(value: unknown, type: string, path: string): string[] {
  const item = /^(?:Array|Set)<(.*)>$/.exec(type)?.[1]
  if (item !== undefined && Array.isArray(value)) return value.flatMap((one, index) => unknownFields(one, item, `${path}[${index}]`))
  const Type = (client as unknown as Record<string, Partial<ClientModel> | undefined>)[type]
  if (Type?.getAttributeTypeMap === undefined || typeof value !== 'object' || value === null) return []
  const types = new Map(Type.getAttributeTypeMap().map((one) => [one.baseName, one.type]))
  return Object.entries(value).flatMap(([key, part]) => {
    const known = types.get(key)
    return known === undefined ? [`${path}.${key} is not known to ${type}.`] : unknownFields(part, known, `${path}.${key}`)
  })
}
