import { CliError, EXIT_UNAVAILABLE } from '../cli-error.ts'
import type { Stack } from '../define-stack.ts'

export interface PortOptions {
  /** The front door's. */
  port: number
  /** The port of the stack's first deployment; the next has the next. */
  portBase: number
}

/**
 * A port for each deployment: its own where it names one, else by its place in the stack, so that it stays when others come behind it.
 *
 * @throws {CliError} when one port would be needed twice, or there is no such port.
 */
export function assignPorts({ deployments, standIns }: Pick<Stack, 'deployments' | 'standIns'>, { port, portBase }: PortOptions): number[] {
  const owners = new Map([[port, 'the front door'], ...standIns.map(({ name, port: own }): [number, string] => [own, `the stand-in ${name}`])])
  return deployments.map((deployment, index) => {
    const own = deployment.port ?? portBase + index
    if (own > 65535) throw new CliError(`Port ${own}, for ${deployment.name}, is beyond 65535; choose a lower --port-base.`, EXIT_UNAVAILABLE)
    const owner = owners.get(own)
    if (owner !== undefined) {
      throw new CliError(
        `Port ${own} would be needed by both ${owner} and ${deployment.name}; choose another with --port or --port-base.`,
        EXIT_UNAVAILABLE,
      )
    }
    owners.set(own, deployment.name)
    return own
  })
}
