import { findOnPath } from './find-on-path.ts'
import { installPackages } from './install-packages.ts'

/**
 * The path of docker-compose: the first generation where Debian still has it (12), else the second.
 *
 * @throws {Error} where it can't be had.
 */
export async function dockerCompose(): Promise<string> {
  const found = await findOnPath('docker-compose')
  if (found) return found
  await installPackages({ tool: 'docker-compose', packages: ['docker-compose'], remedy: 'Install docker-compose and put it on PATH.' })
  return '/usr/bin/docker-compose'
}
