import assert from 'node:assert/strict'
import type { Config, ConfigsClient, Metadata } from './configs-client.ts'

type Operation = (client: ConfigsClient, dcname: string, turn: number) => Promise<void>

/** Eight; each has a status for every state of a config. */
export const OPERATIONS: readonly Operation[] = [create, merge, search, replace, readUnchanged, list, remove, replace]

async function create(client: ConfigsClient, dcname: string, turn: number): Promise<void> {
  const metadata = newMetadata(client, turn)
  const isNew = !client.configs.has(dcname)
  const { body, etag } = await client.call('/configs', { method: 'POST', body: { dcname, metadata }, status: isNew ? 201 : 409 })
  if (!isNew) return
  assert.deepEqual(body, { dcname, metadata })
  client.store(dcname, metadata, etag)
}

async function replace(client: ConfigsClient, dcname: string, turn: number): Promise<void> {
  const metadata = newMetadata(client, turn)
  const status = client.configs.has(dcname) ? 200 : 201
  const { body, etag } = await client.call(`/configs/${dcname}`, { method: 'PUT', body: { dcname, metadata }, status })
  assert.deepEqual(body, { dcname, metadata })
  client.store(dcname, metadata, etag)
}

/** Takes the limits away, and leaves the rest of what another replica wrote. */
async function merge(client: ConfigsClient, dcname: string, turn: number): Promise<void> {
  const patch = { metadata: { turn, limits: null } }
  const before = client.configs.get(dcname)
  const { body, etag } = await client.call(`/configs/${dcname}`, { method: 'PATCH', body: patch, status: before ? 200 : 404 })
  if (!before) return
  const { limits: _, ...kept } = before
  const metadata = { ...kept, turn }
  assert.deepEqual(body, { dcname, metadata })
  client.store(dcname, metadata, etag)
}

async function remove(client: ConfigsClient, dcname: string): Promise<void> {
  await client.call(`/configs/${dcname}`, { method: 'DELETE', status: client.configs.has(dcname) ? 204 : 404 })
  client.remove(dcname)
}

export async function read(client: ConfigsClient, dcname: string): Promise<void> {
  const metadata = client.configs.get(dcname)
  const { body } = await client.call(`/configs/${dcname}`, { status: metadata ? 200 : 404 })
  if (metadata) assert.deepEqual(body, { dcname, metadata })
}

/** By the entity tag that another replica gave out. */
async function readUnchanged(client: ConfigsClient, dcname: string): Promise<void> {
  const etag = client.etags.get(dcname)
  await client.call(`/configs/${dcname}`, { headers: { 'if-none-match': etag ?? '"none"' }, status: etag ? 304 : 404 })
}

/** All pages, each from another replica; of other clients' configs nothing is known. */
async function list(client: ConfigsClient): Promise<void> {
  const found: Config[] = []
  for (let path: string | undefined = '/configs?limit=4'; path; ) {
    const { body, next } = await client.call(path, { status: 200 })
    found.push(...(body as Config[]))
    path = next
  }
  const own = found.filter(({ metadata }) => metadata.owner === client.name)
  assert.deepEqual(own, configsOf(client), `The list of ${client.name}`)
}

async function search(client: ConfigsClient): Promise<void> {
  const conditions = `metadata.owner=${client.name}&metadata.monitoring.enabled=true`
  const { body } = await client.call(`/configs/search?${conditions}`, { status: 200 })
  const expected = configsOf(client).filter(({ metadata }) => metadata.monitoring.enabled)
  assert.deepEqual(body, expected, `The search of ${client.name}`)
}

function configsOf(client: ConfigsClient): Config[] {
  return [...client.configs].map(([dcname, metadata]) => ({ dcname, metadata }))
}

function newMetadata(client: ConfigsClient, turn: number): Metadata {
  const limits = { cpu: { enabled: turn % 3 === 0, value: `${turn}m` } }
  return { owner: client.name, turn, monitoring: { enabled: turn % 2 === 0 }, limits }
}
