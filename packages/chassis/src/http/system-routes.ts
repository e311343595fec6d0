import type { Service } from '../definition/define-service.ts'
import type { Exchange } from '../observe/exchange.ts'
import type { ServiceMetrics } from '../observe/metrics.ts'
import { createConstantAnswer } from './constant-answer.ts'
import { docsPagePolicy, renderDocsPage } from './docs/docs-page.ts'
import { type HealthSource, healthHandlers } from './health.ts'
import { once } from './once.ts'
import { toOpenApi } from './openapi/to-openapi.ts'

/** A path that every service has without asking; left out of metrics, log and traces. */
export interface SystemRoute {
  path: string
  answer(exchange: Exchange): Response | Promise<Response>
}

/** Which build of which service this is; the answer of `/version`. */
export interface VersionFacts {
  service: string
  deployment: string
  version: string
  revision: string
  runtime: string
}

const COMMON_HEADERS = { 'x-content-type-options': 'nosniff' }
const JSON_HEADERS = { ...COMMON_HEADERS, 'content-type': 'application/json' }
const PAGE_HEADERS = { ...COMMON_HEADERS, 'content-type': 'text/html; charset=utf-8' }

/** Health and metrics: for the platform, not for clients. `MANAGEMENT_PORT` moves them to a port of their own. */
export function managementRoutes(health: HealthSource, metrics: ServiceMetrics): SystemRoute[] {
  return [
    ...Object.entries(healthHandlers(health)).map(([path, answer]) => ({ path, answer })),
    {
      path: '/metrics',
      answer: async () => new Response(await metrics.text(), { headers: { ...COMMON_HEADERS, 'content-type': metrics.contentType } }),
    },
  ]
}

/** What tells clients about the service. Made when first asked for. */
export function descriptionRoutes(service: Service, version: VersionFacts): SystemRoute[] {
  const openApi = once(() => toOpenApi(service, version.version))
  const page = () => ({ text: renderDocsPage(openApi()), headers: { ...PAGE_HEADERS, 'content-security-policy': docsPagePolicy() } })
  const versionText = JSON.stringify(version)
  return [
    { path: '/version', answer: () => new Response(versionText, { headers: JSON_HEADERS }) },
    { path: '/openapi.json', answer: createConstantAnswer(() => ({ text: JSON.stringify(openApi()), headers: JSON_HEADERS })) },
    { path: '/docs', answer: createConstantAnswer(page) },
  ]
}
