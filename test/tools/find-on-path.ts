import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** The first of these programs that is on PATH. */
export async function findOnPath(...names: readonly string[]): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  for (const name of names) {
    for (const folder of folders) if (await isProgram(join(folder, name))) return join(folder, name)
  }
  return undefined
}

export function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
