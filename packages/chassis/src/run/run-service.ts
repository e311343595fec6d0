import { setTimeout as sleep } from 'node:timers/promises'
import type { Service } from '../definition/define-service.ts'
import type { FetchHandler } from '../http/app.ts'
import { once } from '../http/once.ts'
import type { LineWriter } from '../observe/line-writer.ts'
import { createStandardOutput } from '../observe/standard-output.ts'
import { assembleApps } from './assemble-apps.ts'
import { endProcess, reportAndExit } from './end-process.ts'
import { Lifecycle } from './lifecycle.ts'
import { type Listeners, listen } from './listen.ts'
import { type LoadedConfig, loadConfig } from './load-config.ts'
import { ResourceSet } from './open-resources.ts'
import { type OpenTracing, openTelemetry, type Telemetry } from './open-telemetry.ts'
import type { Environment } from './parse-key.ts'
import { runMigration } from './run-migration.ts'

export interface StartOptions {
  environment: Environment
  writer: LineWriter
  /** Whether to listen on PORT; without it, requests are handed to `fetch`. @default true */
  listens?: boolean
  openTracing?: OpenTracing
}

export interface RunningService {
  readonly config: LoadedConfig
  readonly telemetry: Telemetry
  readonly lifecycle: Lifecycle
  /** The request path. */
  readonly fetch: FetchHandler
  /** Resolves at the first readiness; rejects when `onStart` throws. */
  readonly ready: Promise<void>
  /** Drains and closes everything. Resolves to whether every request in flight was answered. */
  stop(options?: { withDelay: boolean }): Promise<boolean>
}

/**
 * Runs a service as this process: its environment, standard output and signals. What `main.ts` of every service calls.
 * With the argument `migrate` it brings the service's schemas up to date and ends, so that one image does both.
 */
export async function runService(service: Service): Promise<void> {
  try {
    const writer = createStandardOutput(process.env.LOG_FORMAT)
    if (process.argv[2] === 'migrate') return await runMigration(service, process.env, writer)
    await endProcess(startService(service, { environment: process.env, writer }))
  } catch (error) {
    reportAndExit(error)
  }
}

/**
 * The process path of a service, as far as ready; `stop` is the rest of it.
 *
 * @throws {ConfigError} naming every key that is wrong. @throws {ListenError} when a port can't be had.
 */
export async function startService(service: Service, options: StartOptions): Promise<RunningService> {
  // 1 Config: all errors at once, before anything is opened.
  const config = loadConfig(service, options.environment)
  // 2 Telemetry: from here on everything is logged, counted and traced.
  const telemetry = await openTelemetry(service, config, options.writer, options.openTracing)
  const { logger } = telemetry
  for (const warning of config.warnings) logger.warn(warning)
  config.secretFiles.watch(logger.warn, (key) => logger.info(`${key} has changed in its file and is used from now on`))
  // 3 Listen: the resources are not open yet, but probes are answered.
  const resources = new ResourceSet(service.resources, config.resources, {
    logger,
    deployment: telemetry.version.deployment,
    version: telemetry.version.version,
    longestDeadline: Math.max(config.base.REQUEST_DEADLINE, ...service.routes.map(({ deadline = 0 }) => deadline)),
    meterOf: (resource) => telemetry.metrics.resources.meterOf(resource),
  })
  const lifecycle = new Lifecycle(resources)
  const apps = assembleApps(service, config, telemetry, resources, lifecycle)
  const listeners = options.listens === false ? undefined : await listen(apps, config.base)
  // 4 Resources, tried until they open, then the service's own start, then ready.
  const ready = becomeReady()

  return { config, telemetry, lifecycle, fetch: apps.service.fetch, ready, stop: once(stop) }

  async function becomeReady(): Promise<void> {
    await resources.open()
    await service.onStart?.({ config: config.service, log: logger, metrics: telemetry.metrics.handles, ...resources.handles() } as never)
    if (lifecycle.isDraining) return
    lifecycle.state = 'ready'
    const { version, revision, runtime } = telemetry.version
    logger.info('Ready', { port: listeners?.service.port, 'management.port': listeners?.management?.port, version, revision, runtime })
  }

  async function stop({ withDelay } = { withDelay: false }): Promise<boolean> {
    // 5 Unready, still live: load balancers take seconds to notice, and send requests until then.
    lifecycle.state = 'draining'
    const delay = withDelay ? config.base.DRAIN_DELAY : 0
    logger.info(`Draining: serving for ${delay} s more, then up to ${config.base.DRAIN_TIMEOUT} s for what is in flight`)
    await sleep(delay * 1000)
    // 6 Stop accepting, and let what is in flight finish.
    const isDrained = await drain(listeners, config.base.DRAIN_TIMEOUT * 1000)
    if (!isDrained) logger.error(`Requests were still in flight after ${config.base.DRAIN_TIMEOUT} s and were cut off`)
    // 7 Resources are closed after their last user, telemetry after everything that it tells of.
    await resources.close()
    config.secretFiles.close()
    lifecycle.state = 'stopped'
    logger.info('Stopped')
    await listeners?.management?.destroy()
    await telemetry.close()
    return isDrained
  }
}

async function drain(listeners: Listeners | undefined, timeoutMilliseconds: number): Promise<boolean> {
  if (!listeners) return true
  const timer = new AbortController()
  const isDrained = await Promise.race([
    listeners.service.stop().then(() => true),
    sleep(timeoutMilliseconds, false, { signal: timer.signal }).catch(() => false),
  ])
  timer.abort()
  if (!isDrained) await listeners.service.destroy()
  return isDrained
}
