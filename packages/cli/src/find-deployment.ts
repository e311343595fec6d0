import { CliError, EXIT_USAGE } from './cli-error.ts'
import type { Deployment, Stack } from './define-stack.ts'

/** @throws {CliError} listing the deployments that there are. */
export function findDeployment({ deployments }: Stack, name: string): Deployment {
  const found = deployments.find((one) => one.name === name)
  if (found) return found
  const known = deployments.map((one) => one.name).join(', ')
  throw new CliError(`There is no deployment named ${JSON.stringify(name)}; the stack has ${known}.`, EXIT_USAGE)
}
