import { ConfigError, type LineWriter, ListenError, type RunningService, startService } from '@slipway/chassis'
import { CliError, EXIT_CONFIG, EXIT_UNAVAILABLE } from '../cli-error.ts'
import type { Deployment } from '../define-stack.ts'
import { deploymentEnvironment } from './deployment-environment.ts'

export interface RunningDeployment {
  deployment: Deployment
  port: number
  running: RunningService
}

export interface StartDeploymentsOptions {
  deployments: readonly Deployment[]
  /** Of each deployment, in their order. */
  ports: readonly number[]
  /** The project's folder. */
  project: string
  /** The config keys that lead to stand-ins. */
  standIns: Readonly<Record<string, string>>
  writerFor(deployment: string): LineWriter
}

/** Starts every deployment, or none. @throws {CliError} naming each deployment that can't start, and why. */
export async function startDeployments({ deployments, ports, project, standIns, writerFor }: StartDeploymentsOptions): Promise<RunningDeployment[]> {
  const starts = deployments.map(async (deployment, index) => {
    const port = ports[index] as number
    const environment = deploymentEnvironment(deployment, { port, project, own: process.env, standIns })
    return { deployment, port, running: await startService(deployment.service, { environment, writer: writerFor(deployment.name) }) }
  })
  const outcomes = await Promise.allSettled(starts)
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (started.length === deployments.length) return started
  await Promise.all(started.map(({ running }) => running.stop()))
  throw startError(
    deployments.flatMap((deployment, index) => {
      const outcome = outcomes[index]
      return outcome?.status === 'rejected' ? [{ deployment, reason: outcome.reason as unknown }] : []
    }),
  )
}

function startError(failures: readonly { deployment: Deployment; reason: unknown }[]): unknown {
  const unexpected = failures.find(({ reason }) => !(reason instanceof ConfigError || reason instanceof ListenError))
  if (unexpected) return unexpected.reason
  const isPort = failures.every(({ reason }) => reason instanceof ListenError)
  return new CliError(failures.map(({ deployment, reason }) => explain(deployment, reason)).join('\n'), isPort ? EXIT_UNAVAILABLE : EXIT_CONFIG)
}

function explain(deployment: Deployment, reason: unknown): string {
  if (reason instanceof ConfigError) return `The configuration of ${deployment.name} is not valid:\n  ${reason.problems.join('\n  ')}`
  const remedy = deployment.port === undefined ? 'other ports with --port-base' : 'another port for it in slipway.config.ts'
  return `${portProblem(reason as ListenError, deployment.name)}, or choose ${remedy}.`
}

/** «Port 8080, for the front door, is taken; stop what listens there» */
export function portProblem({ port, message, cause }: ListenError, owner: string): string {
  const isTaken = (cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE'
  return isTaken ? `Port ${port}, for ${owner}, is taken; stop what listens there` : `${message.replace(/\.$/, '')} (for ${owner}); change that`
}
