import { type Command, Option } from 'commander'
import { parseSeconds } from './parse-seconds.ts'

/** What every command takes that talks to a cluster. */
export interface ClusterCommandOptions {
  environment?: string
  context?: string
  requestTimeout: number
  json?: boolean
}

export function addClusterOptions(command: Command): Command {
  return command
    .option('-e, --environment <name>', 'as deploy/<name>.ts changes the stack')
    .option('--context <name>', 'of the kubeconfig (default: its current one; KUBECONFIG names another file)')
    .addOption(new Option('--request-timeout <seconds>', 'for each question to the cluster').argParser(parseSeconds).default(15))
    .option('--json', 'print the result as JSON')
}
