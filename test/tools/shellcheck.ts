import { findOnPath } from './find-on-path.ts'
import { installPackages } from './install-packages.ts'

const REMEDY = 'Run `apt-get install shellcheck` as root.'

/**
 * The path of shellcheck, which finds faults in shell scripts: the one on PATH, or else one that is installed now.
 *
 * @throws {Error} where it can't be had.
 */
export async function shellcheck(): Promise<string> {
  const found = await findOnPath('shellcheck')
  if (found) return found
  await installPackages({ tool: 'shellcheck', packages: ['shellcheck'], remedy: REMEDY })
  const installed = await findOnPath('shellcheck')
  if (!installed) throw new Error(`shellcheck was installed and is not on PATH. ${REMEDY}`)
  return installed
}
