import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { CliError } from './cli-error.ts'

const REMEDY =
  'put one of at least 3.17 there (https://helm.sh/docs/intro/install), or leave plain manifests and alerts as they are with --no-manifests'

/** The path of helm, by which chart/ is rendered. @throws {CliError} where none is on PATH. */
export function findHelm(): string {
  const files = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, 'helm'))
  const found = files.find(isProgram)
  if (found === undefined) throw new CliError(`There is no helm on PATH; ${REMEDY}.`)
  return found
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
