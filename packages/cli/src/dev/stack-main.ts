/** The process that runs the stack: for as long as its standard input is open. Its one argument is {@link RunStackOptions} as JSON. */
import type { RunStackOptions } from './run-stack.ts'

/** Whoever saved a file waits for this; a trace collector that doesn't answer must not make it long. */
const STOP_MILLISECONDS = 700

let end = (): void => process.exit(0)
// A terminal sends Ctrl-C to all of its processes; whoever started this one decides what it means.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => end())
process.stdin.once('end', () => end()).resume()

// Loaded only now, for these modules take longer than all else: until here nobody would listen.
const [{ runStack }, { reportError }] = await Promise.all([import('./run-stack.ts'), import('../report-error.ts')])

try {
  const stack = await runStack(JSON.parse(process.argv[2] ?? '{}') as RunStackOptions)
  end = () => {
    setTimeout(() => process.exit(0), STOP_MILLISECONDS)
    void stack.stop().finally(() => process.exit(0))
  }
  await stack.ready
} catch (error) {
  process.exit(reportError(error))
}
