import { findOnPath } from './find-on-path.ts'
import { installPackages } from './install-packages.ts'

const REMEDY = 'Run `apt-get install podman runc` as root, or put a podman of at least 4.3 on PATH.'

/**
 * The path of podman, which builds and runs images without a daemon: the one on PATH, or else one that is installed now.
 *
 * @throws {Error} where it can't be had.
 */
export async function podman(): Promise<string> {
  const found = await findOnPath('podman')
  if (found) return found
  await installPackages({ tool: 'podman', packages: ['podman', 'runc'], remedy: REMEDY })
  const installed = await findOnPath('podman')
  if (!installed) throw new Error(`podman was installed and is not on PATH. ${REMEDY}`)
  return installed
}
