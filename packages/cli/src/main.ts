#!/usr/bin/env node
import { CommanderError } from 'commander'
import { EXIT_USAGE } from './cli-error.ts'
import { createProgram } from './create-program.ts'
import { reportError } from './report-error.ts'

try {
  await createProgram().parseAsync()
} catch (error) {
  // Commander has written what it throws; to ask for help is no error.
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : EXIT_USAGE) : reportError(error)
}
