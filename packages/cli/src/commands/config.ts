import { Command, Option } from 'commander'
import { findProject } from '../find-project.ts'
import { findService, loadService } from '../find-service.ts'
import { createPaint } from '../paint.ts'
import { renderConfigTable } from '../render/config-table.ts'
import { renderEnvExample } from '../render/env-example.ts'
import { addExamples } from './add-examples.ts'

interface Options {
  json?: boolean
  env?: boolean
}

/** Columns of the table where no terminal says how many there are. */
const WIDTH_ELSEWHERE = 160

/** `slipway config`: what a service reads from its environment. */
export function createConfigCommand(): Command {
  const command = new Command('config')
    .summary('print what a service reads from its environment')
    .description("Prints every environment variable that a service reads: its own first, then its resources', then those of every service.")
    .argument('<service>', 'its folder in services/')
    .addOption(new Option('--json', 'print it as JSON').conflicts('env'))
    .option('--env', 'print it as an .env.example')
    .action(async (name: string, { json, env }: Options) => {
      const location = findService(findProject(), name)
      const [{ describeConfig }, service] = await Promise.all([import('@slipway/chassis'), loadService(location)])
      const keys = describeConfig(service)
      const { stdout } = process
      if (json) stdout.write(`${JSON.stringify(keys, undefined, 2)}\n`)
      else if (env) stdout.write(renderEnvExample(service.name, keys))
      else stdout.write(renderConfigTable(keys, { paint: createPaint(stdout), width: stdout.columns ?? WIDTH_ELSEWHERE }))
    })
  return addExamples(command, [
    ['slipway config greeter', 'as a table'],
    ['slipway config greeter --json', 'for a script'],
    ['slipway config greeter --env > .env', 'a file to edit; slipway run --help says how to load it'],
  ])
}
