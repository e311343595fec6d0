import { constants } from 'node:os'
import { ListenError } from '../runtime/runtime.ts'
import { ConfigError } from './load-config.ts'
import type { RunningService } from './run-service.ts'

/** EX_CONFIG of sysexits.h: the environment does not fit the config. */
export const EXIT_CONFIG = 78
/** EX_UNAVAILABLE of sysexits.h: a port is taken. */
export const EXIT_UNAVAILABLE = 69

/**
 * Ties the end of the process to a service: signals, errors that nobody caught, a start that failed.
 * Signals are heeded before the service runs, too: the first process of a container has no default for them.
 *
 * @throws what the start throws.
 */
export async function endProcess(starting: Promise<RunningService>): Promise<void> {
  let running: RunningService | undefined
  let signals = 0
  let exitCode = 0
  let isEnding = false

  const end = async (withDelay: boolean) => {
    if (isEnding) return
    isEnding = true
    // A stop that fails has nothing left that it could save.
    const isDrained = await running?.stop({ withDelay }).catch(() => false)
    process.exit(isDrained ? exitCode : 1)
  }
  const onSignal = (signal: 'SIGTERM' | 'SIGINT') => {
    signals++
    // The second one is from somebody who won't wait; before the start there is nothing to wait for.
    if (signals > 1 || !running) process.exit(128 + constants.signals[signal])
    running.telemetry.logger.info(`${signal} received`)
    // Ctrl-C comes from a terminal, where no load balancer has to notice first.
    void end(signal === 'SIGTERM')
  }
  const fail = (message: string, error: unknown, withDelay: boolean) => {
    exitCode = 1
    if (!running) reportAndExit(error)
    running.telemetry.logger.fatal(message, { error })
    void end(withDelay)
  }

  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('uncaughtException', (error) => fail('An error was not caught; the process ends', error, true))
  process.on('unhandledRejection', (error) => fail('An error was not caught; the process ends', error, true))
  running = await starting
  running.ready.catch((error: unknown) => {
    if (!isEnding) fail('The service could not start', error, false)
  })
}

/** For what goes wrong before there is a log: a sentence on standard error, and the exit code. */
export function reportAndExit(error: unknown): never {
  const isExpected = error instanceof ConfigError || error instanceof ListenError
  console.error(isExpected ? error.message : error)
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : error instanceof ListenError ? EXIT_UNAVAILABLE : 1)
}
