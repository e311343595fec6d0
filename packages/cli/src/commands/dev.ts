import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_PORT_BASE } from '../dev/assign-ports.ts'
import { findProject, STACK_FILE } from '../find-project.ts'
import { ownRuntime, RUNTIMES, type RuntimeName } from '../find-runtime.ts'
import { addExamples } from './add-examples.ts'

interface Options {
  port: number
  portBase: number
  runtime: RuntimeName
  json?: boolean
  watch: boolean
}

/** `slipway dev`: the stack on this machine, restarted on change. */
export function createDevCommand(): Command {
  const command = new Command('dev')
    .summary('run the whole stack here, and restart it on change')
    .description(
      'Runs every deployment of slipway.config.ts in one process, each on a port of its own, behind a front door that routes by host as an Ingress would.',
    )
    .option('-p, --port <number>', "the front door's port", parsePort, 8080)
    .option('--port-base <number>', "the first deployment's port; the next has the next", parsePort, DEFAULT_PORT_BASE)
    .addOption(new Option('--runtime <name>', 'what the stack runs on').choices(RUNTIMES).default(ownRuntime))
    .option('--json', 'print the table and the logs as JSON lines')
    .option('--no-watch', "don't restart on change; end when the stack ends")
    .action(async ({ port, portBase, runtime, json = false, watch }: Options) => {
      const project = findProject()
      const { superviseStack } = await import('../dev/supervise-stack.ts')
      const stack = { stackFile: join(project, STACK_FILE), port, portBase, isJson: json }
      process.exitCode = await superviseStack({ project, runtime, isWatching: watch, stack })
    })
  return addExamples(command, [
    ['slipway dev', 'the front door on 8080, deployments from 8081 on'],
    ['slipway dev --port 9000 --port-base 9001', 'when those ports are taken'],
    ['slipway dev --runtime bun', 'on Bun'],
    ['LOG_LEVEL=debug slipway dev', 'LOG_* and OTEL_* reach every deployment; the keys of a resource, such as DATABASE_URL, those that have one'],
  ])
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port
  throw new InvalidArgumentError('It must be a whole number from 1 to 65535.')
}
