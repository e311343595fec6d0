import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findOnPath } from './find-on-path.ts'

/** Where tools go that need no root; not in the repository. */
export const toolFolder = fileURLToPath(new URL('../../.cache/tools/', import.meta.url))

export interface AptOptions {
  /** What the tests miss, as a sentence begins: `Chromium`. */
  tool: string
  /** Shell commands, run in the tool folder; to be right even where another process has just run them. */
  script: string
  /** What to do where the script can't be run or fails. */
  remedy: string
}

export const isRoot = process.getuid?.() === 0

/** Debian's package lists are often missing in a container; only root can fetch them. */
const FETCH_LISTS = isRoot ? 'ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || apt-get update -qq' : ':'

/**
 * Gets a tool from Debian's packages. Test processes wait for each other here, on a lock that the kernel takes back when its holder dies.
 *
 * @throws {Error} a sentence that says what is missing and how to get it.
 */
export async function runApt({ tool, script, remedy }: AptOptions): Promise<void> {
  for (const program of ['apt-get', 'flock']) {
    if (!(await findOnPath(program))) throw new Error(`${tool} is missing, and there is no ${program} here to get it with. ${remedy}`)
  }
  await mkdir(toolFolder, { recursive: true })
  const lock = join('/tmp', `slipway-tools-${process.getuid?.() ?? 0}.lock`)
  const endProgress = startProgress(`Getting ${tool} from Debian's packages`)
  try {
    await run('flock', [lock, 'sh', '-ec', `${FETCH_LISTS}\n${script}`])
  } catch (error) {
    throw new Error(`${tool} is missing and could not be had from Debian's packages (${(error as Error).message}). ${remedy}`)
  } finally {
    endProgress()
  }
}

function run(command: string, args: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const child = spawn(command, args, { cwd: toolFolder, env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-10_000)
  })
  child.on('error', reject)
  child.on('close', (code) => {
    if (code === 0) resolve()
    else reject(new Error(said.split('\n').findLast((line) => line.startsWith('E: ')) ?? (said.trim().split('\n').at(-1) || `exit code ${code}`)))
  })
  return promise
}

/** A line that counts the seconds, on a terminal; elsewhere one that is written once. */
function startProgress(what: string): () => void {
  const { stderr } = process
  if (!stderr.isTTY) {
    stderr.write(`${what}; this may take a minute.\n`)
    return () => {}
  }
  const start = Date.now()
  const show = () => stderr.write(`\r\x1b[K${what}: ${Math.round((Date.now() - start) / 1000)} s`)
  show()
  const timer = setInterval(show, 1000)
  return () => {
    clearInterval(timer)
    stderr.write('\r\x1b[K')
  }
}
