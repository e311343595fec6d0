import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BenchError } from '../bench-error.ts'
import type { Command } from '../part.ts'
import { startBounded } from './bounded-process.ts'
import { repositoryRoot } from './repository-root.ts'
import { runtimeProgram } from './runtime-programs.ts'

const START_TIMEOUT_SECONDS = 15
const STOP_TIMEOUT_SECONDS = 15

export interface ServerOptions {
  /** Files for standard output and standard error go here. */
  folder: string
  /** What the command is started with. */
  prefix: readonly string[]
  /** Seconds after which it is killed. */
  timeout: number
}

/** A program of a part, on a free port of 127.0.0.1. */
export class ServerProcess {
  readonly url: string
  readonly logFile: string
  readonly #errorFile: string
  readonly #child: ChildProcess
  readonly #command: string

  static async start(command: Command, options: ServerOptions): Promise<ServerProcess> {
    return new ServerProcess(command, options, await freePort())
  }

  private constructor({ runtime, command, directory = '.', environment }: Command, { folder, prefix, timeout }: ServerOptions, port: number) {
    this.url = `http://127.0.0.1:${port}`
    this.logFile = join(folder, `${port}.log`)
    this.#errorFile = join(folder, `${port}.errors`)
    this.#command = [runtime, ...command].join(' ')
    const [output, errors] = [openSync(this.logFile, 'w'), openSync(this.#errorFile, 'w')]
    this.#child = startBounded([...prefix, runtimeProgram(runtime), ...command], {
      cwd: join(repositoryRoot, directory),
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment, PORT: String(port) },
      stdio: ['ignore', output, errors],
      timeout,
    })
    closeSync(output)
    closeSync(errors)
  }

  /** taskset becomes the program that it starts, so this is the server's own. */
  get pid(): number {
    const { pid } = this.#child
    if (pid === undefined) throw this.#failure('could not be started')
    return pid
  }

  /** Tries until `isUp` resolves to true. @throws what `isUp` throws once there is an answer, and when the server ends before or takes too long. */
  async untilUp(isUp: () => Promise<boolean>): Promise<void> {
    const giveUpAt = Date.now() + START_TIMEOUT_SECONDS * 1000
    while (!(await isUp().catch(falseIfUnanswered))) {
      if (this.#hasEnded) throw this.#failure('ended while it started')
      if (Date.now() > giveUpAt) throw this.#failure(`did not answer within ${START_TIMEOUT_SECONDS} s`)
      await sleep(20)
    }
  }

  /** Ends it as a platform would, so that it writes and sends what it still has; kills it when that takes too long. */
  async stop(): Promise<void> {
    if (this.#hasEnded) throw this.#failure('ended before it was told to')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_SECONDS * 1000)
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
    clearTimeout(timer)
    if (this.#child.signalCode === 'SIGKILL') throw this.#failure(`did not end within ${STOP_TIMEOUT_SECONDS} s of SIGTERM`)
  }

  /** Does nothing when it has ended. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined
  }

  #failure(what: string): BenchError {
    const said = (file: string) => readFileSync(file, 'utf8').slice(-2000).replaceAll(repositoryRoot, '')
    return new BenchError(`\`${this.#command}\` ${what}. It said:\n${said(this.#errorFile) || said(this.logFile) || '(nothing)'}`)
  }
}

/** What `fetch` throws while nothing listens yet. */
function falseIfUnanswered(error: unknown): false {
  if (error instanceof TypeError) return false
  throw error
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
