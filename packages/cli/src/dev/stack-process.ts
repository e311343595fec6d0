import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { RunStackOptions } from './run-stack.ts'

export interface StackProcessOptions {
  /** The runtime's executable. */
  executable: string
  /** Its options. */
  flags: readonly string[]
  environment: NodeJS.ProcessEnv
  stack: RunStackOptions
}

/** A stack that does not end by itself in this time is killed; Ctrl-C must be over within two seconds. */
const END_MILLISECONDS = 1200

/** The process that runs the stack. It does so while its standard input is open, so it ends with whoever started it, however that ends. */
export class StackProcess {
  readonly #child: ChildProcess
  /** Resolves to the exit code. */
  readonly exited: Promise<number>

  constructor({ executable, flags, environment, stack }: StackProcessOptions) {
    const entry = fileURLToPath(new URL('./stack-main.ts', import.meta.url))
    const child = spawn(executable, [...flags, entry, JSON.stringify(stack)], { stdio: ['pipe', 'inherit', 'inherit'], env: environment })
    // It may be gone already when its standard input is closed.
    child.stdin?.on('error', () => {})
    this.#child = child
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal as NodeJS.Signals]))
    })
  }

  async end(): Promise<void> {
    this.#child.stdin?.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MILLISECONDS)
    await this.exited
    clearTimeout(timer)
  }
}
