import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong with a cluster that answers. */
export interface Faults {
  /** Whether everything is forbidden. @default false */
  forbids?: boolean
  /** Whether Helm's records can't be read. @default false */
  breaks?: boolean
  /** Whether Helm never learns what kinds of objects there are. @default false */
  hangs?: boolean
  /** Whether there is no namespace. @default false */
  isEmpty?: boolean
  /** What is answered, by path. @default {} */
  answers?: Readonly<Record<string, object>>
  /** @default [] */
  nodes?: readonly object[]
}

export interface FaultyCluster {
  port: number
  /** What is wrong from now on. */
  fail(faults: Faults): void
  /** Method and path of each request that would have changed something. */
  changes: string[]
  close(): void
}

const KINDS = ['Namespace', 'Node', 'Secret', 'ConfigMap', 'Service', 'ServiceAccount', 'Pod', 'Event', 'PersistentVolumeClaim']
const RESOURCES = KINDS.map((kind) => {
  const singularName = kind.toLowerCase()
  return { name: `${singularName}s`, singularName, namespaced: !['Namespace', 'Node'].includes(kind), kind, verbs: ['create', 'get', 'list'] }
})

/** As much of an API server as helm and kubectl ask before they change something. */
export async function startFaultyCluster(): Promise<FaultyCluster> {
  let faults: Faults = {}
  const changes: string[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request
    const path = url.replace(/\?.*/, '')
    request.resume()
    if (path.endsWith('/selfsubjectaccessreviews')) return void send(response, 201, review(faults.forbids !== true))
    if (faults.breaks && path.endsWith('/secrets')) return void send(response, 500, status(500, 'etcd is full'))
    if (method !== 'GET') changes.push(`${method} ${path}`)
    if (!(faults.hangs && path.startsWith('/openapi'))) send(response, ...answerTo(path, faults))
  }).listen(0)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    fail(next) {
      faults = next
      changes.length = 0
    },
    changes,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function answerTo(path: string, { isEmpty = false, answers = {}, nodes = [] }: Faults): [code: number, body: object] {
  const answer = answers[path]
  if (answer !== undefined) return [200, answer]
  if (path === '/version') return [200, { major: '1', minor: '33', gitVersion: 'v1.33.1' }]
  if (path === '/api') return [200, { kind: 'APIVersions', versions: ['v1'] }]
  if (path === '/apis') return [200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [] }]
  if (path === '/api/v1') return [200, { kind: 'APIResourceList', groupVersion: 'v1', resources: RESOURCES }]
  const [, name] = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(path) ?? []
  if (name !== undefined && !isEmpty) return [200, { kind: 'Namespace', apiVersion: 'v1', metadata: { name } }]
  if (path === '/api/v1/nodes') return [200, { kind: 'NodeList', apiVersion: 'v1', metadata: {}, items: nodes }]
  if (/\/(secrets|pods|events)$/.test(path)) return [200, { kind: 'List', apiVersion: 'v1', metadata: {}, items: [] }]
  return [404, status(404, `there is no ${path}`)]
}

function review(allowed: boolean): object {
  return { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec: {}, status: { allowed } }
}

function status(code: number, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code, reason: code === 404 ? 'NotFound' : 'InternalError' }
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
