import { constants } from 'node:os'
import { dirname } from 'node:path'
import { hasSchema, type Logger, type MigratedService, type MigrationTask, migrateService } from '@slipway/chassis'
import { CliError } from '../cli-error.ts'
import { deploymentEnvironment } from '../dev/deployment-environment.ts'
import { findDeployment } from '../find-deployment.ts'
import { loadStack } from '../load-stack.ts'

export interface MigrateDeploymentOptions {
  stackFile: string
  /** The deployment's. */
  name: string
  task: MigrationTask
  /** The developer's own. */
  environment: Readonly<Record<string, string | undefined>>
}

/** Any: nothing listens on it. */
const PORT = 1

/** Migrates the database of one deployment of the stack. @throws {CliError} with a sentence */
export async function migrateDeployment({ stackFile, name, task, environment }: MigrateDeploymentOptions): Promise<MigratedService> {
  const deployment = findDeployment(await loadStack(stackFile), name)
  const { service } = deployment
  if (!hasSchema(service)) throw new CliError(`The service ${service.name} of ${name} has no database, so there is nothing to migrate.`)
  const stopping = stopOnSignal()
  try {
    return await migrateService(service, task, {
      environment: deploymentEnvironment(deployment, { port: PORT, project: dirname(stackFile), own: environment }),
      log,
      signal: stopping.signal,
    })
  } catch (error) {
    throw stopping.signal.aborted ? new CliError('Stopped by a signal; the migrations that were done stay done.') : toCliError(error, name)
  }
}

/** The first signal ends a wait; a migration that has begun is finished, unless a second signal comes. */
function stopOnSignal(): AbortController {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(128 + constants.signals[signal])
      stopping.abort()
    })
  }
  return stopping
}

/** Progress, on standard error: the result alone is on standard output. */
const say = (message: string) => console.error(message)
const log: Logger = { debug: () => {}, info: say, warn: say, error: say }

/** What a database says is what one needs to know, and where it is, where it says but little; where in the code it was heard is not. */
function toCliError(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || ['ConfigError', 'TypeError'].includes(error.name)) return error
  const said = error.message || String((error as NodeJS.ErrnoException).code)
  const isDriver = 'code' in error || error.name === 'ConnectionRefused'
  return new CliError(isDriver ? `The database of ${name} can't be used: ${said}. DATABASE_URL says where it is.` : said)
}
