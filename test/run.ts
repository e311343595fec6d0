import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type StartedServers, startServers } from './databases/shared-servers.ts'
import { makeThrowawayFolder } from './databases/throwaway-folder.ts'

const HELP = `Runs every test on both runtimes and says how many passed on each. It starts a PostgreSQL, a MariaDB and a Redis for them.

  npm test                         all tests, on Node and on Bun
  npm test -- --runtime bun        on one of them
  npm test -- test/lifecycle       only files whose path has this in it

Servers to use instead are named by TEST_POSTGRES_URL, TEST_MARIADB_URL and TEST_REDIS_URL, or by a DATABASE_URL of their kind.`

interface Outcome {
  passed: number
  failed: number
  /** Left out by the test itself; counts as failed, for a check that skips silently is none. */
  skipped: number
}

interface Runner {
  command: string[]
  count(output: string): Outcome
}

const number = (pattern: RegExp, text: string) => Number(pattern.exec(text)?.[1] ?? 0)

const runners: Record<string, Runner> = {
  node: {
    command: ['node', '--test', '--test-timeout=300000', '--test-reporter=spec'],
    count: (output) => ({
      passed: number(/^ℹ pass (\d+)$/m, output),
      failed: number(/^ℹ fail (\d+)$/m, output) + number(/^ℹ cancelled (\d+)$/m, output),
      skipped: number(/^ℹ skipped (\d+)$/m, output) + number(/^ℹ todo (\d+)$/m, output),
    }),
  },
  bun: {
    command: ['bun', 'test', '--timeout', '300000'],
    count: (output) => ({
      passed: number(/^ *(\d+) pass$/m, output),
      failed: number(/^ *(\d+) fail$/m, output),
      skipped: number(/^ *(\d+) skip$/m, output) + number(/^ *(\d+) todo$/m, output),
    }),
  },
}

/** Tests of tools, which run beside the others: most of their time they wait for Helm and for processes, and none of them measures time. */
const TOOLING = /^(packages\/cli|bench|test\/(chart|compose|tools))\//

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runtime: { type: 'string' }, help: { type: 'boolean' } } })
/** The signal that ended the tests, if one did. */
let interruption: NodeJS.Signals | undefined
process.exitCode = values.help ? help() : await main()
if (interruption) process.kill(process.pid, interruption)

function help(): number {
  console.log(HELP)
  return 0
}

async function main(): Promise<number> {
  process.chdir(fileURLToPath(new URL('../', import.meta.url)))
  const files = globSync(['packages/*/src/**/*.test.ts', 'services/*/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'], {
    exclude: ['**/node_modules/**'],
  })
    .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
    .sort()
  const chosen = Object.entries(runners).filter(([name]) => values.runtime === undefined || values.runtime === name)
  if (files.length === 0 || chosen.length === 0) {
    console.error(`There is nothing to run. Runtimes are ${Object.keys(runners).join(' and ')}; a file is chosen by a part of its path.`)
    return 2
  }
  const servers = await startServers().catch((error: Error) => void console.error(error.message))
  if (!servers) return 1
  try {
    return await runOn(chosen, files, servers)
  } finally {
    await servers.stop()
  }
}

async function runOn(chosen: [string, Runner][], files: string[], { environment }: StartedServers): Promise<number> {
  const outcomes: [string, Outcome, number][] = []
  for (const [name, runner] of chosen) {
    outcomes.push([name, ...(await runLanes(runner, files, environment))])
    if (interruption) return 1
  }
  for (const [name, { passed, failed, skipped }] of outcomes) console.log(`${name}: ${passed} passed, ${failed + skipped} failed`)
  return outcomes.every(([, { passed, failed, skipped }, code]) => code === 0 && passed > 0 && failed + skipped === 0) ? 0 : 1
}

async function runLanes(runner: Runner, files: string[], environment: Record<string, string>): Promise<[Outcome, number]> {
  const lanes = [files.filter((file) => !TOOLING.test(file)), files.filter((file) => TOOLING.test(file))].filter((lane) => lane.length > 0)
  // The first one's output is shown as it comes; in between the other's could not be told from it.
  const results = await Promise.all(lanes.map((lane, index) => runAll(runner, lane, environment, index === 0)))
  const sum = (key: keyof Outcome) => results.reduce((total, [outcome]) => total + outcome[key], 0)
  return [{ passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }, Math.max(...results.map(([, code]) => code))]
}

async function runAll(
  { command: [program, ...options], count }: Runner,
  files: string[],
  environment: Record<string, string>,
  isLive: boolean,
): Promise<[Outcome, number]> {
  const folder = await makeThrowawayFolder({ purpose: 'run', endSignal: 'TERM' })
  // Once: a second signal ends this process at once, and all that it started with it.
  const interrupt = (signal: NodeJS.Signals) => {
    interruption = signal
    void folder.remove()
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  // Bun takes names without ./ for parts of names.
  const child = spawn(program as string, [...options, ...files.map((file) => `./${file}`)], {
    // A test that wants a database says so; none gets one by accident.
    env: { ...process.env, DATABASE_URL: undefined, TEST_FOLDER: folder.path, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The leader of a group, so that what tests have started ends with them.
    detached: true,
  })
  if (child.pid) writeFileSync(folder.groupFile, String(child.pid))
  let output = ''
  for (const [stream, target] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (isLive) target.write(text)
    })
  }
  const [code] = await once(child, 'close')
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  await folder.remove()
  if (!isLive) process.stdout.write(output)
  return [count(output), code ?? 1]
}
