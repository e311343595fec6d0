import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Service } from '@slipway/chassis'
import { CliError, EXIT_USAGE } from './cli-error.ts'

/** Where a service of the project lives. */
export interface ServiceLocation {
  name: string
  /** Its definition is in `service.ts` here; `main.ts` runs it. */
  folder: string
  /** From its package.json; 0.0.0 where that has none. */
  version: string
}

const UNKNOWN_VERSION = '0.0.0'

/** @throws {CliError} listing the services that there are, or when its package.json can't be read. */
export function findService(project: string, name: string): ServiceLocation {
  const names = serviceNames(project)
  if (!names.includes(name)) {
    const known = names.length === 0 ? 'there is none in services/' : `the project has ${names.join(', ')}`
    throw new CliError(`There is no service named ${JSON.stringify(name)}; ${known}.`, EXIT_USAGE)
  }
  const folder = join(project, 'services', name)
  return { name, folder, version: versionOf(folder, name) }
}

/** Imports a service's definition, which runs nothing. */
export async function loadService({ name, folder }: ServiceLocation): Promise<Service> {
  const module = (await import(pathToFileURL(join(folder, 'service.ts')).href)) as { default?: Service }
  if (module.default?.routes === undefined) throw new CliError(`services/${name}/service.ts must export what defineService returns as its default.`)
  return module.default
}

/** The file that runs a service. @throws {CliError} when there is none. */
export function findMain({ name, folder }: ServiceLocation): string {
  const file = join(folder, 'main.ts')
  if (existsSync(file)) return file
  throw new CliError(
    `There is no services/${name}/main.ts to run; write one that imports ./service.ts and hands it to runService of @slipway/chassis.`,
  )
}

/** The folders in services/ that have a service. */
export function serviceNames(project: string): string[] {
  const folder = join(project, 'services')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'service.ts')))
    .sort()
}

function versionOf(folder: string, name: string): string {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return UNKNOWN_VERSION
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : UNKNOWN_VERSION
  } catch (error) {
    const reason = (error as Error).message.replaceAll(/\s+/g, ' ')
    throw new CliError(`services/${name}/package.json can't be read: ${reason}. Mend it; its version is the service's.`)
  }
}
