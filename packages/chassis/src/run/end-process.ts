import { constants } from 'node:os'
import { ListenError } from '../runtime/runtime.ts'
import { ConfigError } from './load-config.ts'
import type { RunningService } from './run-service.ts'

/** EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78

/** Ties the end of the process to a running service: signals, errors that nobody caught, a start that failed. */
export function endProcess(running: RunningService): void {
  const { logger } = running.telemetry
  let exitCode: number | undefined

  const end = async (code: number, withDelay: boolean) => {
    exitCode = code
    const isDrained = await running.stop({ withDelay })
    process.exit(isDrained ? code : 1)
  }
  const onSignal = (signal: 'SIGTERM' | 'SIGINT') => {
    // The second one is from somebody who won't wait.
    if (exitCode !== undefined) process.exit(128 + constants.signals[signal])
    logger.info(`${signal} received`)
    // Ctrl-C comes from a terminal, where no load balancer has to notice first.
    void end(0, signal === 'SIGTERM')
  }
  const onError = (error: unknown) => {
    // What else fails on the way out is a consequence.
    if (exitCode !== undefined) return
    logger.fatal('An error was not caught; the process ends', { error })
    void end(1, true)
  }

  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('uncaughtException', onError)
  process.on('unhandledRejection', onError)
  running.ready.catch((error: unknown) => {
    if (exitCode !== undefined) return
    logger.fatal('The service could not start', { error })
    void end(1, false)
  })
}

/** For what goes wrong before there is a log: a sentence on standard error, and the exit code. */
export function reportAndExit(error: unknown): never {
  const isExpected = error instanceof ConfigError || error instanceof ListenError
  console.error(isExpected ? error.message : error)
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1)
}
