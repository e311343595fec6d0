import { CliError, EXIT_UNAVAILABLE } from '../cli-error.ts'
import type { Stack, StandInDefinition } from '../define-stack.ts'

/** The port of the first deployment, unless somebody chooses another. */
export const DEFAULT_PORT_BASE = 8081

export interface PortOptions {
  /** The front door's. */
  port: number
  /** The port of the stack's first deployment; the next has the next. Stand-ins move with it. */
  portBase: number
}

/** The port of a stand-in, as far from its own as the first deployment's is, so that two stacks can run side by side. */
export function standInPort({ port }: Pick<StandInDefinition, 'port'>, portBase: number): number {
  return port + portBase - DEFAULT_PORT_BASE
}

/**
 * A port for each deployment: its own where it names one, else by its place in the stack, so that it stays when others come behind it.
 *
 * @throws {CliError} when one port would be needed twice, or there is no such port.
 */
export function assignPorts({ deployments, standIns }: Pick<Stack, 'deployments' | 'standIns'>, { port, portBase }: PortOptions): number[] {
  const owners = new Map<number, string>()
  const claim = (own: number, name: string) => {
    if (own < 1) throw new CliError(`Port ${own}, for ${name}, is below 1; choose a higher --port-base.`, EXIT_UNAVAILABLE)
    if (own > 65535) throw new CliError(`Port ${own}, for ${name}, is beyond 65535; choose a lower --port-base.`, EXIT_UNAVAILABLE)
    const owner = owners.get(own)
    const remedy = 'choose another with --port or --port-base'
    if (owner !== undefined) throw new CliError(`Port ${own} would be needed by both ${owner} and ${name}; ${remedy}.`, EXIT_UNAVAILABLE)
    owners.set(own, name)
    return own
  }
  claim(port, 'the front door')
  for (const standIn of standIns) claim(standInPort(standIn, portBase), `the stand-in ${standIn.name}`)
  return deployments.map(({ name, port: own }, index) => claim(own ?? portBase + index, name))
}
