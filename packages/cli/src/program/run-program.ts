import { spawn } from 'node:child_process'
import { CliError } from '../cli-error.ts'
import { type CommandLine, showCommand } from './command-line.ts'
import { passSignalsOn } from './pass-signals-on.ts'

export interface ProgramOptions {
  /** It is ended when it takes longer. */
  seconds: number
  /** What to do where there is no such program, as a sentence. @default `Install it, or put it on PATH.` */
  remedy?: string
  /** Beside this process's own. */
  environment?: Readonly<Record<string, string>>
  /** What it reads. @default nothing */
  input?: string
  /** Called with each line that it says, on either stream. */
  onLine?(line: string): void
}

export interface ProgramResult {
  code: number
  stdout: string
  stderr: string
}

/** How long a program may take to end once it was asked to. */
const END_MILLISECONDS = 5_000

/** Runs a program to its end, whatever its exit code. @throws {CliError} where there is no such program, or when it took too long. */
export function runProgram(line: CommandLine, options: ProgramOptions): Promise<ProgramResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ProgramResult>()
  const { seconds, remedy = 'Install it, or put it on PATH.', environment, input, onLine } = options
  const child = spawn(line.program, [...line.args], { env: { ...process.env, ...environment }, stdio: 'pipe' })
  passSignalsOn(child)
  // It may end before it has read all of it; what it says then tells why.
  child.stdin.on('error', () => {}).end(input)
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
      for (const one of text.split('\n')) if (one.trim() !== '') onLine?.(one.trimEnd())
    })
  }
  const timer = setTimeout(() => {
    const giveUp = () => {
      clearTimeout(killer)
      // Something that it started may hold its output open for ever.
      child.stdout.destroy()
      child.stderr.destroy()
      reject(new CliError(`${describe(line)} took longer than ${seconds} s and was ended.${lastWords(said.stderr)}`))
    }
    const killer = setTimeout(() => child.kill('SIGKILL'), END_MILLISECONDS)
    if (child.exitCode !== null || child.signalCode !== null) return giveUp()
    child.once('exit', giveUp)
    child.kill('SIGTERM')
  }, seconds * 1000)
  child.on('error', (error: NodeJS.ErrnoException) => {
    clearTimeout(timer)
    const isMissing = error.code === 'ENOENT' || error.code === 'EACCES'
    reject(isMissing ? new CliError(`There is no ${line.program} here that can be run. ${remedy}`) : error)
  })
  child.on('close', (code) => {
    clearTimeout(timer)
    resolve({ code: code ?? 1, ...said })
  })
  return promise
}

/** What a program prints when it succeeds. @throws {CliError} with what it says when it does not. */
export async function outputOf(line: CommandLine, options: ProgramOptions): Promise<string> {
  const { code, stdout, stderr } = await runProgram(line, options)
  if (code === 0) return stdout
  throw new CliError(`${describe(line)} failed with exit code ${code}:${lastWords(stderr || stdout) || ' it says nothing.'}`)
}

/** The last lines of what a program said; the cause stands mostly at the end. */
export function lastWords(text: string, lines = 5): string {
  const last = text.trim().split('\n').slice(-lines)
  return last.join('') === '' ? '' : `\n  ${last.join('\n  ')}`
}

/** Its first words, for a message: options can be long. */
function describe({ program, args }: CommandLine): string {
  const options = args.findIndex((word) => word.startsWith('-'))
  return showCommand({ program, args: args.slice(0, options === -1 ? 2 : Math.min(options, 2)) })
}
