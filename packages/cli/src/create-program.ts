import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addExamples } from './commands/add-examples.ts'
import { createBuildCommand } from './commands/build.ts'
import { createConfigCommand } from './commands/config.ts'
import { createContractCommand } from './commands/contract.ts'
import { createDeployCommand } from './commands/deploy.ts'
import { createDevCommand } from './commands/dev.ts'
import { createImageCommand } from './commands/image.ts'
import { createMigrateCommand } from './commands/migrate.ts'
import { createOpenApiCommand } from './commands/openapi.ts'
import { createPackageCommand } from './commands/package.ts'
import { createRemoveCommand } from './commands/remove.ts'
import { createRenderCommand } from './commands/render.ts'
import { createRunCommand } from './commands/run.ts'
import { createStatusCommand } from './commands/status.ts'

const EXIT_CODES = `Exit codes:
  0   done, or stopped by a signal
  1   failed, with the reason on standard error
  2   the command line is wrong
  69  a port is taken
  78  the configuration of a service, or the stack, is wrong`

/** The whole command line. Actions load what they need, so that help is there at once. */
export function createProgram(): Command {
  const { version, description } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
    description: string
  }
  const program = new Command('slipway')
    .description(description)
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
  const commands = [
    createDevCommand(),
    createRunCommand(),
    createMigrateCommand(),
    createConfigCommand(),
    createOpenApiCommand(),
    createContractCommand(),
    createRenderCommand(),
    createPackageCommand(),
    createBuildCommand(),
    createImageCommand(),
    createDeployCommand(),
    createStatusCommand(),
    createRemoveCommand(),
  ]
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program))
  }
  addExamples(program, [
    ['slipway dev', 'run the whole stack here, and restart it on change'],
    ['slipway config greeter', 'what the greeter reads from its environment'],
    ['slipway render', 'write what is derived from the stack to generated/'],
    ['slipway build greeter', 'one executable, in dist/greeter'],
    ['slipway deploy', 'the stack, onto the cluster'],
  ])
  return program.addHelpText('after', `\n${EXIT_CODES}`)
}
