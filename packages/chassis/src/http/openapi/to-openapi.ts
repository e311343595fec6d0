import type { Route } from '../../definition/define-route.ts'
import type { Service } from '../../definition/define-service.ts'
import { chassisProblems, type ProblemKind } from '../../definition/service-error.ts'
import { problemType } from '../to-problem.ts'
import { mergeOperations } from './merge-operations.ts'
import { type Json, SchemaComponents } from './schema-components.ts'
import { type ApiResponse, type Operation, problemResponse, toOperation } from './to-operation.ts'

/** The part of an OpenAPI document that this makes and the docs page reads. */
export interface OpenApi {
  openapi: '3.1.1'
  info: { title: string; version: string; summary: string; description?: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Json>; responses: Record<string, ApiResponse> }
  /** The table of errors, which OpenAPI has no place for. */
  'x-problems': Record<string, ProblemKind>
}

/** The service's OpenAPI 3.1 document. A pure function of the definition and the version. */
export function toOpenApi(service: Service, version: string): OpenApi {
  const problems: Record<string, ProblemKind> = { ...chassisProblems, ...service.errors }
  const components = new SchemaComponents({ Problem: problemSchema })
  const operationIds = new Set<string>()
  const paths: OpenApi['paths'] = {}
  for (const alike of Map.groupBy(service.routes, ({ method, path }) => `${method} ${path}`).values()) {
    const [first, ...others] = alike as [Route, ...Route[]]
    const sources = { operationId: claimOperationId(first, operationIds), problems, components }
    const operations: Record<string, Operation> = paths[first.path] ?? {}
    operations[first.method.toLowerCase()] = mergeOperations(
      [toOperation(first, sources), ...others.map((route) => toOperation(route, sources))],
      problems,
    )
    paths[first.path] = operations
  }
  return {
    openapi: '3.1.1',
    info: { title: service.name, version, summary: service.summary, ...(service.description && { description: service.description }) },
    paths,
    components: { schemas: components.schemas, responses: { Problem: problemResponse('Any other error.') } },
    'x-problems': problems,
  }
}

/** `getPassengersByUuid` for `GET /passengers/{uuid}`; with a number behind it where another path has the same words. */
function claimOperationId({ method, path }: Route, taken: Set<string>): string {
  const words = path
    .replaceAll(/\{([^}]*)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
  const name = method.toLowerCase() + (words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Root')
  let id = name
  for (let number = 2; taken.has(id); number++) id = `${name}${number}`
  taken.add(id)
  return id
}

const problemSchema = {
  type: 'object',
  description: 'What went wrong (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'Where the error is explained.', examples: [problemType('not_found')] },
    title: { type: 'string', description: 'What the error is called, the same each time.' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'This one occurrence, in a sentence.' },
    code: { type: 'string', description: "The error's name, for programs." },
    requestId: { type: 'string', description: 'Finds the request in logs and traces.' },
    errors: {
      type: 'array',
      description: 'Each thing that is wrong with the input.',
      items: { type: 'object', required: ['path', 'message'], properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
  },
}
