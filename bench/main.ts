import { constants } from 'node:os'
import { BenchError, usageError } from './bench-error.ts'
import { installPeers } from './host/install-peers.ts'
import { loadParts } from './load-parts.ts'
import { type BenchOptions, parseOptions } from './parse-options.ts'
import type { Part } from './part.ts'
import type { BenchResult } from './report/bench-result.ts'
import { describeRun } from './report/describe-run.ts'
import { disturbances } from './report/disturbances.ts'
import { renderTables } from './report/render-table.ts'
import { writeResults } from './report/write-results.ts'
import { isFiltered } from './run/choose-contenders.ts'
import { runPart } from './run/run-part.ts'

const help = (parts: string) => `Compares servers by what a request costs them in CPU time, in one interleaved run.

Usage: npm run bench -- <part> [options]

Parts:
${parts}

Options:
  --rounds N         rounds; each starts every contender anew (default 3)
  --seconds N        seconds that each contender is measured in a round, one at a time, in turn (default 5)
  --warm-up N        seconds of load on each contender before that (default 10)
  --connections N    connections that send requests at once (default 32)
  --only WORDS       contenders with one of these words, separated by commas, and the baselines; writes no files
  --operation WORDS  operations with one of these words, where the part has several; writes no files
  --database WORDS   databases with one of these words, where the part has several; writes no files
  --json             print the result as JSON instead of a table
  --help             this text

Examples:
  npm run bench -- greeter                                            all of it; writes bench/results/greeter.md and .json
  npm run bench -- greeter --rounds 3 --seconds 2 --warm-up 2         a quick look
  npm run bench -- greeter --only slipway --json                      Slipway and the baselines, for a script
  npm run bench -- passengers --operation read --database sqlite      one table of those that a part has

Exits with 1 when a row is invalid: requests failed, or a contender did not observe what its label says.`

// Their exit handlers end every process that was started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(128 + constants.signals[signal]))

try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof BenchError ? error.message : error)
  process.exit(error instanceof BenchError ? error.exitCode : 1)
}

async function main(args: string[]): Promise<void> {
  const parts = await loadParts()
  const list = [...parts.values()].map(({ name, summary }) => `  ${name.padEnd(17)}  ${summary}`).join('\n')
  const { part: name, wantsHelp, options } = parseOptions(args)
  if (wantsHelp) return console.log(help(list))
  if (name === undefined) throw usageError(help(list))
  const part = parts.get(name)
  if (!part) throw usageError(`There is no part ${JSON.stringify(name)}. There are:\n${list}`)
  if (process.platform !== 'linux') throw usageError('CPU time is read from /proc, which only Linux has; run the benchmark there, or in a container.')

  const result = await measure(part, options, args)
  console.log(options.json ? JSON.stringify(result, null, 2) : `\n${[...renderTables(result), ...disturbances(result.rows)].join('\n\n')}\n`)
  if (!isFiltered(options)) console.error(`Written: ${writeResults(result).join(', ')}`)
  process.exit(result.rows.some(({ problems }) => problems.length > 0) ? 1 : 0)
}

async function measure(part: Part, options: BenchOptions, args: readonly string[]): Promise<BenchResult> {
  const { name, summary, notes } = part
  const { warmUp, seconds, rounds, connections } = options
  await installPeers()
  const facts = describeRun(part, args, await part.install?.())
  return { part: name, summary, notes, facts, options: { warmUp, seconds, rounds, connections }, ...(await runPart(part, options)) }
}
