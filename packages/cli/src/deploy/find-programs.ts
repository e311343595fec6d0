import { CliError } from '../cli-error.ts'
import type { Cluster } from './cluster.ts'

export interface ProgramVersions {
  /** Its flags differ between 3 and 4. */
  helm: { major: number; text: string }
  kubectl: string
}

const LEAST_HELM = { major: 3, minor: 17 }
const LEAST_KUBECTL = { major: 1, minor: 28 }

/** Asks helm and kubectl for their versions. @throws {CliError} where one is absent, too old or hangs. */
export async function findPrograms(cluster: Cluster): Promise<ProgramVersions> {
  const { stdout } = await cluster.attemptHelm(['version', '--template', '{{.Version}}'])
  const helm = parseVersion('helm', stdout, LEAST_HELM)
  const client = await cluster.attempt('version', '--client', '--output', 'json')
  const kubectl = parseVersion('kubectl', /"gitVersion": *"([^"]*)"/.exec(client.stdout)?.[1] ?? '', LEAST_KUBECTL)
  return { helm, kubectl: kubectl.text }
}

function parseVersion(program: string, text: string, least: { major: number; minor: number }): { major: number; text: string } {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text.trim()) ?? []
  if (major === undefined || minor === undefined) throw new CliError(`${program} does not tell its version; is the ${program} on PATH the right one?`)
  const isRecent = Number(major) > least.major || (Number(major) === least.major && Number(minor) >= least.minor)
  if (!isRecent) throw new CliError(`${program} is ${text.trim()}; install ${least.major}.${least.minor} or later.`)
  return { major: Number(major), text: text.trim() }
}
