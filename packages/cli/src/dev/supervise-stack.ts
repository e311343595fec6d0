import { join } from 'node:path'
import { EXIT_UNAVAILABLE } from '../cli-error.ts'
import { findRuntime, type RuntimeName } from '../find-runtime.ts'
import { createPaint } from '../paint.ts'
import type { RunStackOptions } from './run-stack.ts'
import { SourceWatcher } from './source-watcher.ts'
import { StackProcess } from './stack-process.ts'

export interface SuperviseOptions {
  project: string
  runtime: RuntimeName
  /** Whether a change of the sources restarts the stack. */
  isWatching: boolean
  stack: RunStackOptions
}

type Event = { kind: 'signal' } | { kind: 'change'; files: readonly string[] } | { kind: 'exit'; code: number }

/** Experimental features that Slipway relies on are no news at every start, and a deployment's environment comes from the stack, not from a file. */
const FLAGS: Readonly<Record<RuntimeName, readonly string[]>> = { node: ['--disable-warning=ExperimentalWarning'], bun: ['--no-env-file'] }
/** As a shell tells of a process that SIGINT ended. */
const EXIT_INTERRUPTED = 130

const paint = createPaint(process.stderr)
const say = (sentence: string) => console.error(paint('dim', sentence))

/** Keeps the stack running, in a process that is replaced at each change, until a signal ends it. Resolves to the exit code. */
export async function superviseStack(options: SuperviseOptions): Promise<number> {
  const watcher = options.isWatching ? new SourceWatcher(options.project, ({ message }) => say(`Changes are not seen: ${message}`)) : undefined
  try {
    return await keepRunning(options, watcher)
  } finally {
    await watcher?.close()
  }
}

async function keepRunning({ project, runtime, stack }: SuperviseOptions, watcher: SourceWatcher | undefined): Promise<number> {
  const signalled = firstSignal()
  for (let isFirst = true; ; isFirst = false) {
    const changed = nextChange(watcher)
    const child = startProcess(project, runtime, stack)
    let event = await Promise.race([signalled, changed, child.exited.then((code): Event => ({ kind: 'exit', code }))])
    if (event.kind === 'exit') {
      // No change of a file frees a port.
      if (!watcher || (isFirst && event.code === EXIT_UNAVAILABLE)) return event.code
      say('The stack has ended; the next change starts it again.')
      event = await Promise.race([signalled, changed])
    } else {
      await child.end()
    }
    if (event.kind === 'change') say(`${listOf(event.files)} changed; restarting.`)
    else return 0
  }
}

function startProcess(project: string, runtime: RuntimeName, stack: RunStackOptions): StackProcess {
  // Compiled code that is kept makes each restart a good deal shorter.
  const environment = { NODE_COMPILE_CACHE: join(project, '.cache', 'node'), ...process.env }
  return new StackProcess({ executable: findRuntime(project, runtime), flags: FLAGS[runtime], environment, stack })
}

/** Resolves at the first signal; a second one is from somebody who won't wait, and the stack's process ends with this one. */
function firstSignal(): Promise<Event> {
  return new Promise((resolve) => {
    let isSignalled = false
    const onSignal = () => {
      if (isSignalled) process.exit(EXIT_INTERRUPTED)
      isSignalled = true
      resolve({ kind: 'signal' })
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
}

async function nextChange(watcher: SourceWatcher | undefined): Promise<Event> {
  if (!watcher) return new Promise(() => {})
  return { kind: 'change', files: await watcher.next() }
}

function listOf([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`
}
