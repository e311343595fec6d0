import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { findProject } from '../find-project.ts'
import { findMain, findService } from '../find-service.ts'
import { addExamples } from './add-examples.ts'

/** `slipway run`: a service in this process, as in production. */
export function createRunCommand(): Command {
  const command = new Command('run')
    .summary('run one service as in production')
    .description(
      "Runs one service in this process, as in production: configured by the environment alone. Signals and exit codes are the service's own.",
    )
    .argument('<service>', 'its folder in services/')
    .action(async (name: string) => {
      const file = findMain(findService(findProject(), name))
      await import(pathToFileURL(file).href)
    })
  return addExamples(command, [
    ['slipway run greeter', 'on port 8080'],
    ['CUSTOMER_NAME=C PORT=9000 slipway run greeter', 'for customer C, on port 9000'],
    ['set -a; . ./.env; set +a; slipway run greeter', 'with the variables of a file'],
  ])
}
