import { type Service, toOpenApi } from '@slipway/chassis'
import type { RouteContract } from './contract.ts'

/** The routes of a service, in its own order. Routes that differ in the media type of their body share their statuses, as they share an operation. */
export function routesOf(service: Service, version: string): RouteContract[] {
  const { paths } = toOpenApi(service, version)
  return service.routes.map(({ method, path, summary, body, accepts = ['application/json'], deadline, deprecated = false }) => {
    const { responses = {} } = paths[path]?.[method.toLowerCase()] ?? {}
    const statuses = Object.keys(responses).map(Number).filter(Number.isInteger)
    const ofBody = body === undefined ? [] : accepts
    return { method, path, summary, accepts: ofBody, statuses, ...(deadline !== undefined && { deadline }), isDeprecated: deprecated }
  })
}
