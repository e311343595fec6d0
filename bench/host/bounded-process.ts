import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { BenchError } from '../bench-error.ts'

export interface BoundedOptions extends SpawnOptions {
  /** Seconds after which the process is killed, whatever it does. */
  timeout: number
}

const running = new Set<ChildProcess>()

// Whatever ends the benchmark, Ctrl-C and thrown errors too, leaves no server behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a process that lives neither longer than its time nor longer than the benchmark. */
export function startBounded([program = '', ...args]: readonly string[], { timeout, ...options }: BoundedOptions): ChildProcess {
  const child = spawn(program, args, options)
  const timer = setTimeout(() => child.kill('SIGKILL'), timeout * 1000)
  const settle = () => {
    running.delete(child)
    clearTimeout(timer)
  }
  running.add(child)
  child.once('exit', settle)
  child.once('error', settle)
  return child
}

/** Runs a program to its end. @returns what it wrote to standard output. @throws when it fails or takes too long. */
export async function runBounded(command: readonly string[], options: BoundedOptions): Promise<string> {
  const child = startBounded(command, { stdio: ['ignore', 'pipe', 'inherit'], ...options })
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.once('error', reject)
  child.once('close', (code, signal) => {
    if (code === 0) resolve()
    else if (signal === 'SIGKILL') reject(new BenchError(`${command.join(' ')} did not end within ${options.timeout} s and was killed.`))
    else reject(new BenchError(`${command.join(' ')} ended with ${signal ?? `code ${code}`}.`))
  })
  await promise
  return output
}
