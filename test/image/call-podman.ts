import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { podman } from '../tools/podman.ts'

const run = promisify(execFile)

/** What podman prints. Rejects with what it says when it fails. */
export async function callPodman(...args: string[]): Promise<string> {
  const { stdout } = await run(await podman(), args, { maxBuffer: 64 * 2 ** 20 })
  return stdout.trim()
}
