import { statSync } from 'node:fs'
import { join } from 'node:path'
import { runBounded } from './bounded-process.ts'
import { repositoryRoot } from './repository-root.ts'

/** Where what Slipway is compared with is installed, from the repository's root. */
export const PEERS = 'bench/peers'

const TIMEOUT_SECONDS = 300

/** Installs the peers, unless what their lock file says is there. */
export async function installPeers(): Promise<void> {
  const folder = join(repositoryRoot, PEERS)
  if (modifiedAt(join(folder, 'node_modules/.package-lock.json')) >= modifiedAt(join(folder, 'package-lock.json'))) return
  console.error(`Installing the peers in ${PEERS}; this is done once and takes less than a minute.`)
  // None of them needs its install scripts. On a terminal npm shows how far it is.
  await runBounded(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, timeout: TIMEOUT_SECONDS, stdio: ['ignore', 2, 2] })
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
