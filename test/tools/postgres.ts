import { readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findOnPath, isProgram } from './find-on-path.ts'
import { installPackages } from './install-packages.ts'

/** Debian keeps a folder a version here, none of which is on PATH. */
const VERSIONS = '/usr/lib/postgresql'
const REMEDY = 'Run `apt-get install postgresql` as root, or set TEST_POSTGRES_URL to a PostgreSQL whose user may create databases.'

/**
 * The folder that `postgres` and `initdb` are in: that of PATH, or else the newest of Debian's, or else one that is installed now.
 *
 * @throws {Error} where it can't be had.
 */
export async function postgres(): Promise<string> {
  const found = await findFolder()
  if (found) return found
  await installPackages({ tool: 'PostgreSQL', packages: ['postgresql'], remedy: REMEDY })
  const installed = await findFolder()
  if (!installed) throw new Error(`PostgreSQL was installed and is not in ${VERSIONS}. ${REMEDY}`)
  return installed
}

async function findFolder(): Promise<string | undefined> {
  const onPath = await findOnPath('postgres')
  const versions = await readdir(VERSIONS).catch(() => [])
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one)).map((version) => join(VERSIONS, version, 'bin'))
  // A link on PATH leads to the folder where initdb is of the same version.
  for (const folder of [...(onPath ? [dirname(await realpath(onPath))] : []), ...newestFirst]) {
    if ((await isProgram(join(folder, 'postgres'))) && (await isProgram(join(folder, 'initdb')))) return folder
  }
  return undefined
}
