import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasEnded, lastLines, launchInFolder, runInFolder } from './launch-in-folder.ts'
import { isAlive, processFamily } from './process-family.ts'
import { stablePort } from './stable-port.ts'
import { makeThrowawayFolder, type ThrowawayFolder } from './throwaway-folder.ts'

/** A real server in a temporary folder, on a port of 127.0.0.1, which ends with this process at the latest. */
export interface ThrowawayServer {
  readonly url: string
  readonly port: number
  readonly folder: string
  /** Ends it as a power cut would: at once, and all of its processes. */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same port and data. */
  start(): Promise<void>
  /** Stops it as an upgrade would, in order and with its clients cut off, and starts it again. */
  restart(): Promise<void>
  /** Halts all of its processes: connections stay open and are accepted, and nothing is answered. */
  freeze(): void
  thaw(): void
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export interface ServerPlace {
  readonly folder: ThrowawayFolder
  readonly port: number
  readonly password: string
}

export interface ServerDefinition {
  name: string
  /** Debian's account for it. */
  account: string
  /** Stops it in order, with its clients cut off. */
  stopSignal: NodeJS.Signals
  /** Stops it at once, with nothing left behind outside of its folder. */
  endSignal: 'KILL' | 'QUIT'
  /** Writes its files; resolves to a command that makes its data directory, if there is one to run. */
  prepare(place: ServerPlace): Promise<readonly string[] | undefined>
  command(place: ServerPlace): readonly string[]
  url(place: ServerPlace): string
  /** Rejects where the server does not answer. */
  ping(url: string): Promise<void>
}

const DEADLINE = 30_000

export async function startServer(definition: ServerDefinition): Promise<ThrowawayServer> {
  const { name, account, endSignal, stopSignal } = definition
  const folder = await makeThrowawayFolder({ purpose: name.toLowerCase(), account, endSignal })
  const place = { folder, port: await stablePort(), password: crypto.randomUUID() }
  const url = definition.url(place)
  let server: ChildProcess
  // Nobody once it has ended, for its id may be another program's by now.
  const family = () => (hasEnded(server) ? [] : processFamily(server.pid as number))
  const started: ThrowawayServer = {
    url,
    port: place.port,
    folder: folder.path,
    async kill() {
      started.freeze() // Nothing is forked between looking and killing.
      const members = family()
      send('SIGKILL', members)
      await waitUntil(`${name} was killed and is still there`, () => !members.some(isAlive) && hasEnded(server))
    },
    async start() {
      server = launchInFolder(folder, definition.command(place))
      await waitUntilReady(definition, server, place, url)
    },
    async restart() {
      send(stopSignal, family().slice(0, 1))
      await waitUntil(`${name} was told to stop and did not`, () => hasEnded(server))
      await started.start()
    },
    freeze() {
      // First the one that makes the others.
      send('SIGSTOP', family().slice(0, 1))
      send('SIGSTOP', family())
    },
    thaw: () => send('SIGCONT', family()),
    stop: () => folder.remove(),
  }
  try {
    const preparation = await definition.prepare(place)
    if (preparation) await runInFolder(folder, preparation)
    await started.start()
  } catch (error) {
    const said = lastLines(folder)
    await folder.remove()
    throw new Error(`${name} could not be started: ${(error as Error).message}.\n${said}`)
  }
  return started
}

async function waitUntilReady(definition: ServerDefinition, server: ChildProcess, place: ServerPlace, url: string): Promise<void> {
  let fault: unknown
  const isReady = () =>
    definition.ping(url).then(
      () => true,
      (error) => {
        fault = error
        return false
      },
    )
  const deadline = Date.now() + DEADLINE
  while (!(await isReady())) {
    if (hasEnded(server)) throw new Error(`it ended with ${server.exitCode ?? server.signalCode} before it answered on port ${place.port}`)
    if (Date.now() > deadline) throw new Error(`it did not answer on port ${place.port} within ${DEADLINE / 1000} s: ${fault}`)
    await sleep(10)
  }
}

async function waitUntil(otherwise: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`${otherwise} after ${DEADLINE / 1000} s.`)
    await sleep(5)
  }
}

function send(signal: NodeJS.Signals, processes: readonly number[]): void {
  for (const id of processes) {
    try {
      process.kill(id, signal)
    } catch {
      // It ended since it was looked for.
    }
  }
}
