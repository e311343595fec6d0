import { CliError, EXIT_CONFIG, EXIT_FAILURE } from './cli-error.ts'

/** Errors whose message is all that one needs to know. Known by name: loading the chassis only to compare classes would slow each command down. */
const EXPECTED = new Set(['CliError', 'ConfigError', 'DefinitionError', 'ListenError'])
/** Those that tell of a service's configuration, or of the stack, which holds it. */
const CONFIG_ERRORS = new Set(['ConfigError', 'DefinitionError'])

/** Writes an error to standard error: a sentence where it was foreseen, its stack otherwise. Returns the exit code. */
export function reportError(error: unknown): number {
  const name = error instanceof Error ? error.name : ''
  console.error(error instanceof Error && EXPECTED.has(name) ? error.message : error)
  if (error instanceof CliError) return error.exitCode
  return CONFIG_ERRORS.has(name) ? EXIT_CONFIG : EXIT_FAILURE
}
