import { type ChildProcess, spawn } from 'node:child_process'
import { kubectl } from '../tools/kubectl.ts'
import { callKubectl } from './reach-cluster.ts'

export interface LoadResult {
  requests: number
  /** What became of those that were not answered with 200, each kind with its number. */
  failures: Record<string, number>
  /** How many had which answer. */
  answers: Record<string, number>
}

export interface Load {
  end(): Promise<LoadResult>
}

const CLIENTS = 16
const PAUSE_MILLISECONDS = 5

/** Asks a URL without a pause worth mentioning, by several clients that keep their connections, until it is told to end. */
export function startLoad(url: string): Load {
  const result: LoadResult = { requests: 0, failures: {}, answers: {} }
  let isOver = false
  const count = (counts: Record<string, number>, what: string) => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  const ask = async () => {
    result.requests += 1
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
    const text = await response.text()
    if (response.status === 200) count(result.answers, text)
    else count(result.failures, `${response.status} ${text.slice(0, 100)}`)
  }
  const client = async () => {
    while (!isOver) {
      await ask().catch((error: Error) => count(result.failures, `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}`))
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS))
    }
  }
  const clients = Array.from({ length: CLIENTS }, client)
  return {
    async end() {
      isOver = true
      await Promise.all(clients)
      return result
    },
  }
}

/** A way from here to the pods behind a Service. */
export interface Way {
  /** For a person. */
  name: string
  url: string
  close(): Promise<void>
}

/** Through kube-proxy where a node can be reached from here, as clients in the cluster go; else through the API server. */
export async function openWay(name: string): Promise<Way> {
  return (await openNodePort(name)) ?? openProxy(name)
}

async function openNodePort(name: string): Promise<Way | undefined> {
  const service = `${name}-load`
  const type = ['--name', service, '--type', 'NodePort', '--port', '80', '--target-port', 'http']
  await callKubectl('expose', 'deployment', name, '--namespace', name, ...type)
  const port = await callKubectl('get', 'service', service, '--namespace', name, '--output', 'jsonpath={.spec.ports[0].nodePort}')
  const nodes = await callKubectl('get', 'nodes', '--output', 'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}')
  const close = async () => void (await callKubectl('delete', 'service', service, '--namespace', name))
  for (const address of nodes.split(' ')) {
    const url = `http://${address}:${port}/`
    if (await answers(url)) return { name: `kube-proxy, by NodePort ${url}`, url, close }
  }
  await close()
  return undefined
}

async function answers(url: string): Promise<boolean> {
  for (let tries = 0; tries < 5; tries++) {
    const isThere = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isThere) return true
  }
  return false
}

async function openProxy(name: string): Promise<Way> {
  const child = spawn(await kubectl(), ['proxy', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await portOf(child)
  const url = `http://127.0.0.1:${port}/api/v1/namespaces/${name}/services/http:${name}:http/proxy/`
  return { name: 'the API server, which picks a pod of the Service', url, close: async () => void child.kill() }
}

function portOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const [, port] = /127\.0\.0\.1:(\d+)/.exec(text) ?? []
    if (port !== undefined) resolve(port)
  })
  child.on('exit', () => reject(new Error('kubectl proxy ended before it listened.')))
  return promise
}
