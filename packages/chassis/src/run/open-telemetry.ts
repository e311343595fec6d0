import { runtime } from '#runtime'
import type { Service } from '../definition/define-service.ts'
import type { VersionFacts } from '../http/system-routes.ts'
import type { LineWriter } from '../observe/line-writer.ts'
import { createLogger, type ServiceLogger } from '../observe/logger.ts'
import { ServiceMetrics } from '../observe/metrics.ts'
import { RequestObserver } from '../observe/observe-request.ts'
import { openTracing, type Tracing, type TracingOptions } from '../observe/tracing.ts'
import { buildFacts } from '../runtime/build-facts.ts'
import type { LoadedConfig } from './load-config.ts'

/** How long telemetry may take, at the very end, to send what is left. */
const FLUSH_TIMEOUT_MILLISECONDS = 3000

export interface Telemetry {
  readonly logger: ServiceLogger
  readonly metrics: ServiceMetrics
  readonly observer: RequestObserver
  readonly version: VersionFacts
  /** Sends what is left, then ends. Never rejects. */
  close(): Promise<void>
}

/** How traces are opened; tests put a collector in memory here. */
export type OpenTracing = (options: TracingOptions) => Promise<Tracing>

export async function openTelemetry(service: Service, config: LoadedConfig, writer: LineWriter, open: OpenTracing = openTracing): Promise<Telemetry> {
  const { base } = config
  const deployment = base.DEPLOYMENT ?? service.name
  const version = { service: service.name, deployment, ...buildFacts, runtime: runtime.version }
  const logger = createLogger({ level: base.LOG_LEVEL, service: service.name, deployment, writer, secrets: config.secrets })
  const tracing = await open(tracingOptions(config, version, logger))
  const metrics = new ServiceMetrics({
    info: { ...version },
    tracing,
    collectRuntimeMetrics: runtime.collectRuntimeMetrics,
    definitions: service.metrics,
  })
  const observer = new RequestObserver({ service: service.name, deployment, metrics, tracing, logger, writer })
  return {
    logger,
    metrics,
    observer,
    version,
    async close() {
      metrics.close()
      await tracing.close(FLUSH_TIMEOUT_MILLISECONDS)
      logger.flush()
    },
  }
}

function tracingOptions({ base }: LoadedConfig, { deployment, version }: VersionFacts, logger: ServiceLogger): TracingOptions {
  return {
    isDisabled: base.OTEL_SDK_DISABLED || base.OTEL_TRACES_EXPORTER === 'none',
    endpoint: base.OTEL_EXPORTER_OTLP_ENDPOINT,
    tracesEndpoint: base.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
    headers: () => base.OTEL_EXPORTER_OTLP_HEADERS,
    exportTimeout: base.OTEL_EXPORTER_OTLP_TIMEOUT,
    sampler: base.OTEL_TRACES_SAMPLER,
    samplerRatio: base.OTEL_TRACES_SAMPLER_ARG,
    serviceName: base.OTEL_SERVICE_NAME ?? deployment,
    serviceVersion: version,
    resourceAttributes: base.OTEL_RESOURCE_ATTRIBUTES,
    maxQueueSize: base.OTEL_BSP_MAX_QUEUE_SIZE,
    maxExportBatchSize: base.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    scheduleDelay: base.OTEL_BSP_SCHEDULE_DELAY,
    warn: logger.warn,
  }
}
