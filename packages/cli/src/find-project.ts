import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError } from './cli-error.ts'

export const STACK_FILE = 'slipway.config.ts'

/** The folder of the project: the nearest one, from here upwards, that has a stack file. */
export function findProject(from: string = process.cwd()): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, STACK_FILE))) return folder
    if (dirname(folder) === folder) throw new CliError(`There is no ${STACK_FILE} in this folder or one above it; change into a Slipway project.`)
  }
}
