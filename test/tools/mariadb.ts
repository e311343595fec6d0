import { findOnPath, isProgram } from './find-on-path.ts'
import { installPackages } from './install-packages.ts'

export interface MariadbPrograms {
  server: string
  /** Makes the system tables that a server finds its users in. */
  installer: string
}

const REMEDY = 'Run `apt-get install mariadb-server` as root, or set TEST_MARIADB_URL to a MariaDB that tests may create databases in.'

/**
 * MariaDB's programs: those on PATH or in Debian's folder, or else those that are installed now.
 *
 * @throws {Error} where they can't be had.
 */
export async function mariadb(): Promise<MariadbPrograms> {
  const found = await findPrograms()
  if (found) return found
  await installPackages({ tool: 'MariaDB', packages: ['mariadb-server'], remedy: REMEDY })
  const installed = await findPrograms()
  if (!installed) throw new Error(`MariaDB was installed and is not on PATH. ${REMEDY}`)
  return installed
}

async function findPrograms(): Promise<MariadbPrograms | undefined> {
  const installer = await findOnPath('mariadb-install-db')
  const server = (await findOnPath('mariadbd')) ?? (await findInSystemFolder())
  return server && installer ? { server, installer } : undefined
}

/** Where Debian puts servers, which only root's PATH names. */
async function findInSystemFolder(): Promise<string | undefined> {
  return (await isProgram('/usr/sbin/mariadbd')) ? '/usr/sbin/mariadbd' : undefined
}
