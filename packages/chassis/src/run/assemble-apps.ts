import type { Service } from '../definition/define-service.ts'
import { Admission } from '../http/admission.ts'
import { type App, createApp } from '../http/app.ts'
import { createCors } from '../http/cors.ts'
import { createContextClass } from '../http/request-context.ts'
import { descriptionRoutes, managementRoutes } from '../http/system-routes.ts'
import { createProblemWriter } from '../http/to-problem.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { LoadedConfig } from './load-config.ts'
import type { ResourceSet } from './open-resources.ts'
import type { Telemetry } from './open-telemetry.ts'

export interface Apps {
  /** Answers on PORT. */
  service: App
  /** Answers on MANAGEMENT_PORT; undefined where that is not set. */
  management: App | undefined
}

/** Joins what the process opened to the request path. */
export function assembleApps(service: Service, config: LoadedConfig, telemetry: Telemetry, resources: ResourceSet, lifecycle: Lifecycle): Apps {
  const { base } = config
  const { logger, metrics, observer, version } = telemetry
  const toProblem = createProblemWriter(service.errors, logger)
  const RequestContext = createContextClass({
    config: config.service,
    metrics: metrics.handles,
    logger,
    observer,
    resourceNames: Object.keys(service.resources),
    resource: (name) => resources.get(name),
  })
  const shared = {
    observer,
    toProblem,
    cors: createCors(base.CORS_ORIGINS),
    isDraining: () => lifecycle.isDraining,
    routeOptions: {
      observer,
      toProblem,
      RequestContext,
      admission: new Admission(base.MAX_CONCURRENT_REQUESTS),
      bodyLimits: { maxBytes: base.MAX_BODY_BYTES, maxJsonDepth: base.MAX_JSON_DEPTH },
      deadlines: new Map(),
      defaultDeadlineMilliseconds: base.REQUEST_DEADLINE * 1000,
      compressFromBytes: base.COMPRESS_FROM_BYTES,
      checkServing: () => lifecycle.checkServing(),
    },
  }
  const management = managementRoutes(lifecycle, metrics)
  const description = descriptionRoutes(service, version)
  const hasOwnPort = base.MANAGEMENT_PORT !== undefined
  return {
    service: createApp({ ...shared, routes: service.routes, systemRoutes: hasOwnPort ? description : [...management, ...description] }),
    management: hasOwnPort ? createApp({ ...shared, routes: [], systemRoutes: management }) : undefined,
  }
}
