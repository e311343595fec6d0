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
  /** From its package.json. */
  version: string
}

/** @throws {CliError} listing the services that there are. */
export function findService(project: string, name: string): ServiceLocation {
  const names = serviceNames(project)
  if (!names.includes(name)) {
    const known = names.length === 0 ? 'there is none in services/' : `the project has ${names.join(', ')}`
    throw new CliError(`There is no service named ${JSON.stringify(name)}; ${known}.`, EXIT_USAGE)
  }
  const folder = join(project, 'services', name)
  return { name, folder, version: versionOf(folder) }
}

/** Imports a service's definition, which runs nothing. */
export async function loadService({ name, folder }: ServiceLocation): Promise<Service> {
  const module = (await import(pathToFileURL(join(folder, 'service.ts')).href)) as { default?: Service }
  if (module.default?.routes === undefined) throw new CliError(`services/${name}/service.ts must export what defineService returns as its default.`)
  return module.default
}

function serviceNames(project: string): string[] {
  const folder = join(project, 'services')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'service.ts')))
    .sort()
}

function versionOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string }
  return version ?? '0.0.0'
}
