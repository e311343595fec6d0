import { nameContender } from '../run/name-contender.ts'
import type { BenchResult } from './bench-result.ts'
import { disturbances } from './disturbances.ts'
import { renderMarkdownTables } from './render-table.ts'

/** `bench/results/<part>.md`. */
export function renderMarkdown(result: BenchResult): string {
  const { part, summary, notes, facts, options, rows, loadGenerator, pinning } = result
  const { machine, versions } = facts
  const problems = rows.flatMap((row) => row.problems.map((problem) => `- ${nameContender(row)}: ${problem}`))
  const paragraphs = [
    `<!-- Written by \`${facts.command}\`; do not edit. -->`,
    `# ${part}`,
    summary,
    ...renderMarkdownTables(result),
    ...(problems.length > 0 ? [`Rows marked INVALID do not count:\n\n${problems.join('\n')}`] : []),
    howItIsMeasured(result),
    ...disturbances(rows),
    ...notes,
    [
      `- Command: \`${facts.command}\``,
      `- Date: ${facts.date}; commit: ${facts.commit}`,
      `- Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.kernel}, load average before the run ${machine.loadAverage}`,
      `- Load: ${loadGenerator}, ${options.connections} connections; ${pinning}`,
      `- Versions: ${list(versions.runtimes)}`,
      ...Object.entries(versions.dependencies).map(([folder, found]) => `- Versions in ${folder}: ${list(found)}`),
    ].join('\n'),
  ]
  return `${paragraphs.join('\n\n')}\n`
}

function list(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}

function howItIsMeasured({ options: { rounds, seconds, warmUp }, baseline, rows }: BenchResult): string {
  const bounds = rows.some(({ verdicts }) => verdicts.length > 0) ? ' Bounds are judged by the median over the rounds too.' : ''
  return `µs CPU/request: user and system time of the server's process, all its threads and descendants, per answered request; median, lowest and highest of ${rounds} rounds. \
Every round starts anew all servers that are compared with each other, warms each of them up for ${warmUp} s, and measures them in turn, a second each, until each has had ${seconds} of them. \
"To ${baseline}" is the median over the rounds of the cost as a multiple of ${baseline}'s on the same runtime in the same round; \
"of the lowest" is the ratio of the lowest costs, which a busy machine raises least; the other columns are medians.${bounds}`
}
