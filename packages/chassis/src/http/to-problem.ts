import { runtime } from '#runtime'
import { chassisProblems, type ProblemKind, ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'
import type { ServiceLogger } from '../observe/logger.ts'

export type ProblemWriter = (exchange: Exchange, error: unknown) => Response

/** Where the docs page explains an error; RFC 9457, section 3.1.1. */
export const problemType = (code: string) => `/docs#${code}`

/** The one place where anything thrown becomes `application/problem+json` (RFC 9457). What is no ServiceError is logged, and not shown. */
export function createProblemWriter(serviceErrors: Readonly<Record<string, ProblemKind>>, logger: ServiceLogger): ProblemWriter {
  const kinds: ReadonlyMap<string, ProblemKind> = new Map(Object.entries({ ...chassisProblems, ...serviceErrors }))

  return function toProblem(exchange, thrown) {
    try {
      return answer(exchange, thrown)
    } catch (error) {
      // The header fields that came with the error were none, and the error is the service's own.
      return answer(exchange, error)
    }
  }

  function answer(exchange: Exchange, thrown: unknown): Response {
    const known = thrown instanceof ServiceError ? kinds.get(thrown.code) : undefined
    if (known && thrown instanceof ServiceError) {
      if (known.status >= 500 && thrown.cause !== undefined) logCause(exchange, thrown)
      return writeProblem(exchange, thrown, known)
    }
    exchange.error = thrown
    logInternal(exchange, thrown)
    return writeProblem(exchange, new ServiceError('internal_error'), chassisProblems.internal_error)
  }

  function logInternal(exchange: Exchange, thrown: unknown): void {
    const unknownCode = thrown instanceof ServiceError ? { 'error.code': thrown.code } : {}
    logger.error(`${exchange.route.method} ${exchange.route.template} failed`, { ...idsOf(exchange), ...unknownCode, error: thrown })
  }

  function logCause(exchange: Exchange, thrown: ServiceError): void {
    logger.warn(`${exchange.route.method} ${exchange.route.template}: ${thrown.code}`, { ...idsOf(exchange), error: thrown.cause })
  }
}

/** The fields that tie a log line to its request. */
export function idsOf({ ids, requestId }: Exchange) {
  return { trace_id: ids.traceId, span_id: ids.spanId, request_id: requestId }
}

function writeProblem(
  exchange: Exchange,
  { code, message, errors, headers, retryAfter }: ServiceError,
  { status, title, remedy }: ProblemKind,
): Response {
  const problem = { type: problemType(code), title, status, detail: message || remedy, code, requestId: exchange.requestId, errors }
  const more: Record<string, string> = { 'x-request-id': exchange.requestId, ...headers }
  if (retryAfter !== undefined) more['retry-after'] = String(Math.ceil(retryAfter))
  return respondProblem(JSON.stringify(problem), status, more)
}

const respondProblem = runtime.createResponder({ 'content-type': 'application/problem+json', 'x-content-type-options': 'nosniff' })
