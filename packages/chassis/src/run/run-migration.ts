import { constants } from 'node:os'
import type { Service } from '../definition/define-service.ts'
import type { LineWriter } from '../observe/line-writer.ts'
import { createLogger } from '../observe/logger.ts'
import { loadConfig } from './load-config.ts'
import { migrateService } from './migrate-service.ts'
import type { Environment } from './parse-key.ts'

/**
 * Brings the schemas of a service's resources up to date, as this process: what a migration Job runs, in the image of the service.
 * The first signal ends a wait for another process's run; a migration that has begun is finished, unless a second signal comes.
 *
 * @throws {ConfigError} naming every key that is wrong. @throws what the database says.
 */
export async function runMigration(service: Service, environment: Environment, writer: LineWriter): Promise<void> {
  const { base, secrets } = loadConfig(service, environment)
  const log = createLogger({ level: base.LOG_LEVEL, service: service.name, deployment: base.DEPLOYMENT ?? service.name, writer, secrets })
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(128 + constants.signals[signal])
      stopping.abort(new Error(`Stopped by ${signal}; the migrations that were done stay done`))
    })
  }
  try {
    const { applied } = await migrateService(service, { kind: 'apply' }, { environment, log, signal: stopping.signal })
    log.info(`Migrated: ${applied.length} applied; the schema is up to date`)
  } finally {
    log.flush()
  }
}
