import { findOnPath } from './find-on-path.ts'
import { installPackages } from './install-packages.ts'

const NAMES = ['redis-server', 'valkey-server'] as const
const REMEDY = 'Run `apt-get install redis-server` as root, or set TEST_REDIS_URL to a Redis that tests may write to.'

/**
 * The path of Redis's server: the one on PATH, or else one that is installed now.
 *
 * @throws {Error} where it can't be had.
 */
export async function redis(): Promise<string> {
  const found = await findOnPath(...NAMES)
  if (found) return found
  await installPackages({ tool: 'Redis', packages: ['redis-server'], remedy: REMEDY })
  const installed = await findOnPath(...NAMES)
  if (!installed) throw new Error(`Redis was installed and is not on PATH. ${REMEDY}`)
  return installed
}
