import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ThrowawayFolder } from './throwaway-folder.ts'

/**
 * Starts a program that ends with the folder, and that writes what it has to say into it. The shell leads a process group, writes that down and
 * becomes the program, so that there is no moment in which nobody knows of the program.
 */
export function launchInFolder(folder: ThrowawayFolder, command: readonly string[]): ChildProcess {
  const log = openSync(logOf(folder), 'a')
  const child = spawn('sh', ['-ec', 'echo $$ >"$0"; exec "$@"', folder.groupFile, ...folder.asOwner(command)], {
    cwd: folder.path,
    // Nothing of a developer's own settings, such as PGPORT.
    env: { PATH: process.env.PATH },
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  child.unref()
  child.on('exit', () => forget(folder, child))
  return child
}

/** Resolves when the program has succeeded. */
export async function runInFolder(folder: ThrowawayFolder, command: readonly string[]): Promise<void> {
  const child = launchInFolder(folder, command)
  child.ref()
  const [code, signal] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${command[0]} ended with ${code ?? signal}`)
}

export const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

/** The end of what programs have said. */
export function lastLines(folder: ThrowawayFolder): string {
  return existsSync(logOf(folder)) ? readFileSync(logOf(folder), 'utf8').trimEnd().split('\n').slice(-40).join('\n') : ''
}

/** Another program may get the id next; it must not be ended with the folder, but one that was launched since must. */
function forget({ groupFile }: ThrowawayFolder, { pid }: ChildProcess): void {
  if (existsSync(groupFile) && readFileSync(groupFile, 'utf8').trim() === String(pid)) rmSync(groupFile)
}

const logOf = (folder: ThrowawayFolder) => join(folder.path, 'log')
