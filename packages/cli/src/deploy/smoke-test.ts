import { setTimeout as sleep } from 'node:timers/promises'
import { CliError } from '../cli-error.ts'
import type { CommandLine } from '../program/command-line.ts'
import { lastWords } from '../program/run-program.ts'
import type { Cluster } from './cluster.ts'

const TRIES = 10
const PAUSE_MILLISECONDS = 1_000

export interface Answered {
  /** Of the service that answered. */
  version: string
  revision: string
}

interface Place {
  name: string
  namespace: string
}

/** The arguments of kubectl that ask a port of a Service, by its name and by way of the API server: no port is forwarded and no pod is started. */
function throughService({ name, namespace }: Place, port: 'http' | 'management', path: string): string[] {
  return ['get', '--raw', `/api/v1/namespaces/${namespace}/services/http:${name}:${port}/proxy${path}`]
}

/** As one would type it. */
export function smokeLines(cluster: Cluster, place: Place): CommandLine[] {
  return [cluster.kubectl(...throughService(place, 'management', '/readyz')), cluster.kubectl(...throughService(place, 'http', '/version'))]
}

/** Asks a deployment, through its Service, whether it is ready and what it is. @throws {CliError} when it does not answer. */
export async function smokeTest(cluster: Cluster, place: Place): Promise<Answered> {
  let said = ''
  for (let tries = 0; tries < TRIES; tries++) {
    // A Service knows a new pod a moment after it has become ready.
    if (tries > 0) await sleep(PAUSE_MILLISECONDS)
    const ready = await cluster.attempt(...throughService(place, 'management', '/readyz'))
    const version = await cluster.attempt(...throughService(place, 'http', '/version'))
    if (ready.code === 0 && version.code === 0) return parseAnswer(place, version.stdout)
    said = ready.code === 0 ? version.stderr : ready.stderr
  }
  throw new CliError(`${place.name} became ready, and does not answer through its Service; kubectl says:${lastWords(said, 3)}`)
}

/** @throws {CliError} where something else answers than a service of this project. */
function parseAnswer({ name }: Place, text: string): Answered {
  try {
    const { version, revision } = JSON.parse(text) as Partial<Answered>
    if (typeof version === 'string' && typeof revision === 'string') return { version, revision }
  } catch {
    // Said below.
  }
  throw new CliError(
    `${name} became ready, and what answers through its Service does not tell its version; GET /version says:${lastWords(text.slice(0, 300), 3)}`,
  )
}
