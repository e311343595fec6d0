import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BenchError } from '../bench-error.ts'
import { repositoryRoot } from './repository-root.ts'

/** The version of a package as it is found from a folder of the repository: in its node_modules, or in one further up. */
export function readVersion(name: string, from: string): string {
  for (let folder = join(repositoryRoot, from); ; folder = dirname(folder)) {
    const file = join(folder, 'node_modules', name, 'package.json')
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    if (folder === dirname(folder)) throw new BenchError(`${name} is not installed for ${from}; run \`npm ci\` there.`)
  }
}
