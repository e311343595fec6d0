import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { CliError } from '../cli-error.ts'

/** By which a person, a terminal that closes or a CI ends this process. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const running = new Set<ChildProcess>()
let received: NodeJS.Signals | undefined

/**
 * Has this process outlive a program that it runs: a signal to end is passed on, and what became of the program is waited for. Helm rolls back
 * when it is asked to end, and would break off in the midst of it once nobody reads what it says.
 */
export function passSignalsOn(child: ChildProcess): void {
  if (running.size === 0) for (const signal of SIGNALS) process.on(signal, passOn)
  running.add(child)
  child.once('error', () => forget(child))
  child.once('exit', () => forget(child))
}

function forget(child: ChildProcess): void {
  running.delete(child)
  if (running.size === 0) for (const signal of SIGNALS) process.off(signal, passOn)
}

function passOn(signal: NodeJS.Signals): void {
  received = signal
  // Of the signals that end it, SIGTERM is the one that every program foresees: Helm knows nothing of SIGHUP.
  for (const child of running) child.kill('SIGTERM')
}

/** @throws {CliError} once a signal has come: nothing new is begun then. */
export function refuseWhenEnded(): void {
  if (received !== undefined) throw new CliError(`It was ended by ${received}; what came next was not begun.`, 128 + constants.signals[received])
}
