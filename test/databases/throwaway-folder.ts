import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isRoot } from '../tools/apt.ts'

export interface ThrowawayFolder {
  readonly path: string
  /** Holds the id of the process group that ends with the folder. */
  readonly groupFile: string
  /** The same command, run as the folder's owner. */
  asOwner(command: readonly string[]): readonly string[]
  /** Resolves to the path. Only the owner can read the file. */
  write(name: string, text: string): Promise<string>
  /** Ends what runs in the folder and removes it; happens by itself when this process ends, however it does. */
  remove(): Promise<void>
}

export interface ThrowawayFolderOptions {
  /** Part of the folder's name. */
  purpose: string
  /**
   * Who owns it when root runs the tests, for PostgreSQL and MariaDB refuse to run as root. Where there is no such account, `nobody` does.
   *
   * @default whoever runs the tests.
   */
  account?: string
  /** Ends what runs in the folder; what is still there seconds later is killed. */
  endSignal: 'KILL' | 'QUIT' | 'TERM'
}

const CLEAN_UP = fileURLToPath(new URL('clean-up.sh', import.meta.url))

/** Makes a temporary folder, and a process that cleans it up even when this one is killed. */
export async function makeThrowawayFolder({ purpose, account, endSignal }: ThrowawayFolderOptions): Promise<ThrowawayFolder> {
  const path = await mkdtemp(join(tmpdir(), `slipway-${purpose}-`))
  // Detached, so that Ctrl-C reaches only whoever it waits for.
  const cleaner = spawn('sh', [CLEAN_UP, path, endSignal], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const cleaned = once(cleaner, 'exit')
  // A test that forgets to stop its server shall end all the same.
  cleaner.unref()
  // Bun's pipes have no such method, and keep nothing waiting.
  ;(cleaner.stdin as Partial<Socket>).unref?.()
  const owner = isRoot && account ? await findAccount(account) : undefined
  if (owner) await chown(path, owner.user, owner.group)
  return {
    path,
    groupFile: join(path, 'group'),
    asOwner: (command) => (owner ? ['setpriv', `--reuid=${owner.user}`, `--regid=${owner.group}`, '--clear-groups', '--', ...command] : command),
    async write(name, text) {
      const file = join(path, name)
      await writeFile(file, text, { mode: 0o600 })
      if (owner) await chown(file, owner.user, owner.group)
      return file
    },
    async remove() {
      cleaner.ref()
      cleaner.stdin.end()
      await cleaned
    },
  }
}

async function findAccount(name: string): Promise<{ user: number; group: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = lines.find(([account]) => account === name) ?? lines.find(([account]) => account === 'nobody')
  if (!found) throw new Error(`There is neither an account ${name} nor nobody, which a server could run as instead of root.`)
  return { user: Number(found[2]), group: Number(found[3]) }
}
