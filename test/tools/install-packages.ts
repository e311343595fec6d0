import { isRoot, runApt } from './apt.ts'

export interface PackagesOptions {
  /** What the tests miss, as a sentence begins: `Chromium`. */
  tool: string
  packages: readonly string[]
  /** What to do where they can't be installed. */
  remedy: string
}

/** By this line a policy is known that an installation left behind because it was killed. */
const MARK = '# Put here while tests of Slipway install servers; can be removed.'

/** Debian starts a server once it is installed, on its usual port, unless a policy says no; an administrator's own policy stays as it is. */
const KEEP_SERVERS_STOPPED = `
policy=/usr/sbin/policy-rc.d
grep -qsF '${MARK}' $policy && rm $policy
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\n%s\\nexit 101\\n' '${MARK}' > $policy
  chmod 755 $policy
fi`

/**
 * Installs Debian's packages, and starts nothing that is in them.
 *
 * @throws {Error} a sentence that says what is missing and how to get it.
 */
export async function installPackages({ tool, packages, remedy }: PackagesOptions): Promise<void> {
  if (!isRoot) throw new Error(`${tool} is missing, and only root can install it. ${remedy}`)
  const install = `apt-get install -qq -y --no-install-recommends -o DPkg::Lock::Timeout=600 ${packages.join(' ')}`
  // A list that is older than the package archive names versions that are no longer there.
  await runApt({ tool, script: `${KEEP_SERVERS_STOPPED}\n${install} || { apt-get update -qq && ${install}; }`, remedy })
}
