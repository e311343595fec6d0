import { execFileSync } from 'node:child_process'
import { installPackages } from '../../test/tools/install-packages.ts'
import { BenchError } from '../bench-error.ts'

/** Installs those of Debian's packages that are missing. Resolves to the versions, by name. */
export async function installDebian(tool: string, packages: readonly string[]): Promise<Record<string, string>> {
  const missing = packages.filter((name) => installedVersion(name) === undefined)
  const remedy = `Run \`apt-get install ${packages.join(' ')}\` as root, or leave these peers out with --only.`
  if (missing.length > 0)
    await installPackages({ tool, packages: missing, remedy }).catch((error: Error) => {
      throw new BenchError(error.message)
    })
  return Object.fromEntries(packages.map((name) => [name, installedVersion(name) ?? 'unknown']))
}

function installedVersion(name: string): string | undefined {
  try {
    const status = execFileSync('dpkg', ['-s', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return /^Status: install ok installed$/m.test(status) ? /^Version: (\S+)$/m.exec(status)?.[1] : undefined
  } catch {
    // Never heard of it; or this is not Debian, which the attempt to install says.
    return undefined
  }
}
