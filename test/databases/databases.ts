import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, type FreshDatabase } from './create-database.ts'

/** Every kind that a service's data may live in; tests of data run on each. */
export const databases = ['sqlite', 'postgres', 'mariadb'] as const

export type DatabaseKind = (typeof databases)[number]
export type SharedServerKind = 'postgres' | 'mariadb' | 'redis'

/** The URL of the server that all tests of a run share. */
export function sharedServer(kind: SharedServerKind): string {
  const variable = `TEST_${kind.toUpperCase()}_URL`
  const url = process.env[variable]
  if (!url) throw new Error(`${variable} is not set. Run tests by \`npm test\`, or \`npm test -- part/of/a/path\`: it starts a server and sets it.`)
  return url
}

/** An empty database that is nobody else's. */
export function freshDatabase(kind: DatabaseKind): Promise<FreshDatabase> {
  return kind === 'sqlite' ? freshFile() : createDatabase(sharedServer(kind))
}

/** In the folder that test/run.ts removes in the end, for a test that fails before it drops. */
async function freshFile(): Promise<FreshDatabase> {
  const folder = await mkdtemp(join(process.env.TEST_FOLDER ?? tmpdir(), 'slipway-sqlite-'))
  return { url: `sqlite:${folder}/test.db`, drop: () => rm(folder, { recursive: true, force: true }) }
}
