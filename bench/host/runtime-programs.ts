import { realpathSync } from 'node:fs'
import { BenchError } from '../bench-error.ts'
import type { RuntimeName } from '../part.ts'
import { findProgram } from './find-program.ts'

/** The program of each runtime itself: a wrapper script would be the process whose CPU time is read. */
export function runtimeProgram(runtime: RuntimeName): string {
  if (runtime === 'node') return process.execPath
  // The system's own, which has Debian's packages; PATH may lead to another.
  if (runtime === 'python') return '/usr/bin/python3'
  const program = findProgram('bun')
  if (program === undefined) throw new BenchError('Bun is not on PATH; run `npm ci`, then start the benchmark with `npm run bench`.')
  return realpathSync(program)
}
