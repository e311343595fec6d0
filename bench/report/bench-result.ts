import type { BenchOptions } from '../parse-options.ts'
import type { PartResult } from '../run/run-part.ts'
import type { RunFacts } from './describe-run.ts'

/** All that is known of a run; `bench/results/<part>.json`. */
export interface BenchResult extends PartResult {
  part: string
  summary: string
  notes: readonly string[]
  facts: RunFacts
  options: Pick<BenchOptions, 'warmUp' | 'seconds' | 'rounds' | 'connections'>
}
