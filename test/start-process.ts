import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface StartedProcess {
  readonly url: string
  readonly port: number
  readonly child: ChildProcess
  readonly stderr: () => string
  /** What it has logged, a line each. */
  logs(): Record<string, unknown>[]
  /** Resolves to the exit code, or to the signal that ended it. */
  readonly ended: Promise<number | string>
  kill(signal?: NodeJS.Signals): void
  /** Ends it as Kubernetes would; resolves like `ended`. */
  stop(): Promise<number | string>
}

/** Compiled code that is kept halves what it costs Node to start; a test may start dozens of processes. */
export const NODE_COMPILE_CACHE = fileURLToPath(new URL('../.cache/node', import.meta.url))

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Starts a program of this repository under the runtime that runs the test, as production would: environment only.
 *
 * @param through a command that becomes the one that follows it
 */
export async function startProcess(
  file: string,
  environment: Record<string, string> = {},
  waits = true,
  through: readonly string[] = [],
): Promise<StartedProcess> {
  const port = await freePort()
  const [command = '', ...args] = [...through, process.execPath, fileURLToPath(new URL(`../${file}`, import.meta.url))]
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE, PORT: String(port), LOG_FORMAT: 'json', DRAIN_DELAY: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const started: StartedProcess = {
    url: `http://127.0.0.1:${port}`,
    port,
    child,
    stderr: () => stderr,
    logs: () =>
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    ended: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string),
    kill: (signal = 'SIGTERM') => void child.kill(signal),
    stop() {
      child.kill('SIGTERM')
      return started.ended
    },
  }
  if (waits) await waitUntilReady(started)
  return started
}

async function waitUntilReady(started: StartedProcess): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const isReady = await fetch(`${started.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return
    if (started.child.exitCode !== null) throw new Error(`The process ended with ${started.child.exitCode} before it was ready:\n${started.stderr()}`)
    await sleep(20)
  }
  started.kill('SIGKILL')
  throw new Error(`The process was not ready within 10 s:\n${started.stderr()}`)
}
