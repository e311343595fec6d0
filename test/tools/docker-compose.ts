import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findOnPath } from './find-on-path.ts'
import { installPackages } from './install-packages.ts'

const REMEDY = 'Install docker-compose and put it on PATH, or the plugin of docker.'

/**
 * The commands that read compose files here, each as program and arguments: docker-compose, and the engine's plugin. Where there is neither,
 * Debian's docker-compose is installed, which is of the first generation up to Debian 12.
 *
 * @throws {Error} where none can be had.
 */
export async function composeCommands(): Promise<string[][]> {
  const found = await findCommands()
  if (found.length > 0) return found
  await installPackages({ tool: 'docker-compose', packages: ['docker-compose'], remedy: REMEDY })
  const installed = await findCommands()
  if (installed.length === 0) throw new Error(`docker-compose was installed and is not on PATH. ${REMEDY}`)
  return installed
}

async function findCommands(): Promise<string[][]> {
  const standalone = await findOnPath('docker-compose')
  const docker = await findOnPath('docker')
  const hasPlugin = docker !== undefined && (await isCommand(docker, ['compose', 'version']))
  return [...(standalone ? [[standalone]] : []), ...(hasPlugin ? [[docker, 'compose']] : [])]
}

function isCommand(program: string, args: readonly string[]): Promise<boolean> {
  return promisify(execFile)(program, [...args]).then(
    () => true,
    () => false,
  )
}
