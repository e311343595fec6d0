import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const HELP = `Runs every test on both runtimes and says how many passed on each.

  npm test                         all tests, on Node and on Bun
  npm test -- --runtime bun        on one of them
  npm test -- test/lifecycle       only files whose path has this in it`

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

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runtime: { type: 'string' }, help: { type: 'boolean' } } })
process.exitCode = values.help ? help() : await main()

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
  const outcomes: [string, Outcome, number][] = []
  for (const [name, runner] of chosen) outcomes.push([name, ...(await runAll(runner, files))])
  for (const [name, { passed, failed, skipped }] of outcomes) console.log(`${name}: ${passed} passed, ${failed + skipped} failed`)
  return outcomes.every(([, { passed, failed, skipped }, code]) => code === 0 && passed > 0 && failed + skipped === 0) ? 0 : 1
}

function runAll({ command: [program, ...options], count }: Runner, files: string[]): Promise<[Outcome, number]> {
  return new Promise((resolve, reject) => {
    // Bun takes names without ./ for parts of names.
    const child = spawn(program as string, [...options, ...files.map((file) => `./${file}`)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        target.write(text)
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve([count(output), code ?? 1]))
  })
}
