import { join } from 'node:path'
import { runApt, toolFolder } from './apt.ts'
import { findOnPath, isProgram } from './find-on-path.ts'

/** Takes the one program out of Debian's package, so that nothing is installed and no Prometheus starts. */
const UNPACK = `
[ -x promtool ] && exit 0
folder=$(mktemp -d ./promtool.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq prometheus
dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
mv usr/bin/promtool ../promtool
cd ..`

/**
 * The path of promtool: the one on PATH, or else one from Debian's package.
 *
 * @throws {Error} where it can't be had.
 */
export async function promtool(): Promise<string> {
  const found = await findOnPath('promtool')
  if (found) return found
  const unpacked = join(toolFolder, 'promtool')
  if (!(await isProgram(unpacked))) {
    const remedy = 'Run `apt-get update` as root, or install Prometheus and put its promtool on PATH.'
    await runApt({ tool: 'promtool', script: UNPACK, remedy })
  }
  return unpacked
}
