import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../host/repository-root.ts'
import type { BenchResult } from './bench-result.ts'
import { renderMarkdown } from './render-markdown.ts'

const FOLDER = 'bench/results'

/** @returns the files, from the repository's root. */
export function writeResults(result: BenchResult): string[] {
  const files = { [`${FOLDER}/${result.part}.md`]: renderMarkdown(result), [`${FOLDER}/${result.part}.json`]: `${JSON.stringify(result, null, 2)}\n` }
  mkdirSync(join(repositoryRoot, FOLDER), { recursive: true })
  for (const [file, content] of Object.entries(files)) writeFileSync(join(repositoryRoot, file), content)
  return Object.keys(files)
}
