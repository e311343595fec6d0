import { z } from 'zod'
import type { Service } from '../definition/define-service.ts'
import type { Route } from '../definition/define-route.ts'
import { chassisProblems, type ProblemKind } from '../definition/service-error.ts'
import { problemType } from './to-problem.ts'

type Json = Record<string, unknown>

/** The part of an OpenAPI document that this makes and the docs page reads. */
export interface OpenApi {
  openapi: '3.1.1'
  info: { title: string; version: string; summary: string; description?: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Json; responses: Record<string, ApiResponse> }
  /** The table of errors, which OpenAPI has no place for. */
  'x-problems': Record<string, ProblemKind>
}

export interface Operation {
  operationId: string
  summary: string
  description?: string
  deprecated?: true
  parameters?: Parameter[]
  requestBody?: { required: true; content: Record<string, { schema: Json }> }
  responses: Record<string, ApiResponse | { $ref: string }>
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: Json
}

export interface ApiResponse {
  description: string
  headers?: Json
  content?: Record<string, { schema: Json }>
}

/** The service's OpenAPI 3.1 document. A pure function of the definition and the version. */
export function toOpenApi(service: Service, version: string): OpenApi {
  const problems: Record<string, ProblemKind> = { ...chassisProblems, ...service.errors }
  const paths: OpenApi['paths'] = {}
  for (const route of service.routes) {
    paths[route.path] ??= {}
    const operations = paths[route.path] as Record<string, Operation>
    operations[route.method.toLowerCase()] = toOperation(route, problems)
  }
  return {
    openapi: '3.1.1',
    info: { title: service.name, version, summary: service.summary, ...(service.description && { description: service.description }) },
    paths,
    components: { schemas: { Problem: problemSchema }, responses: { Problem: problemResponse('Any other error.') } },
    'x-problems': problems,
  }
}

function toOperation(route: Route, problems: Record<string, ProblemKind>): Operation {
  const parameters = [...pathParameters(route), ...schemaParameters('query', route.query), ...schemaParameters('header', route.headers)]
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.description && { description: route.description }),
    ...(route.deprecated && { deprecated: true as const }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: requestBody(route, route.body) }),
    responses: { ...successResponse(route), ...errorResponses(route, problems), default: { $ref: '#/components/responses/Problem' } },
  }
}

/** `getPassengersUuid` for `GET /passengers/{uuid}`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean)
  return method.toLowerCase() + (words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Root')
}

function requestBody({ accepts = ['application/json'] }: Route, body: z.ZodType) {
  const schema = toJsonSchema(body, 'input')
  return { required: true as const, content: Object.fromEntries(accepts.map((type) => [type, { schema }])) }
}

function successResponse({ status, response }: Route): Record<string, ApiResponse> {
  if (!response) return { [String(status ?? 204)]: { description: 'Done; there is no content.' } }
  const schema = toJsonSchema(response, 'output')
  return { [String(status ?? 200)]: { description: response.description ?? 'Success.', content: { 'application/json': { schema } } } }
}

/** Which errors the chassis itself answers with on a route, beside those that the route declares. */
function errorCodes(route: Route): string[] {
  return [
    ...(route.params ? ['malformed_path'] : []),
    ...(route.body ? ['malformed_body', 'request_timeout', 'body_too_large', 'unsupported_media_type'] : []),
    ...(route.body || route.query || route.headers ? ['validation_failed'] : []),
    'overloaded',
    'not_ready',
    'deadline_exceeded',
    ...(route.errors ?? []),
  ]
}

function errorResponses(route: Route, problems: Record<string, ProblemKind>): Record<string, ApiResponse> {
  const byStatus = new Map<number, string[]>()
  for (const code of new Set(errorCodes(route))) {
    const kind = problems[code]
    if (kind) byStatus.set(kind.status, [...(byStatus.get(kind.status) ?? []), `${kind.title} (\`${code}\`).`])
  }
  return Object.fromEntries([...byStatus].sort(([a], [b]) => a - b).map(([status, texts]) => [String(status), problemResponse(texts.join(' '))]))
}

function problemResponse(description: string): ApiResponse {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } }
}

function pathParameters({ path, params }: Route): Parameter[] {
  const declared = schemaParameters('path', params)
  if (declared.length > 0) return declared
  return [...path.matchAll(/\{([^}]*)\}/g)].map((match) => ({ name: match[1] as string, in: 'path', required: true, schema: { type: 'string' } }))
}

function schemaParameters(place: Parameter['in'], schema: z.ZodType | undefined): Parameter[] {
  if (!schema) return []
  const { properties = {}, required = [] } = toJsonSchema(schema, 'input') as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(typeof description === 'string' && { description }),
    schema: rest,
  }))
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return json
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
    code: { type: 'string', description: 'The error\'s name, for programs.' },
    requestId: { type: 'string', description: 'Finds the request in logs and traces.' },
    errors: {
      type: 'array',
      description: 'Each thing that is wrong with the input.',
      items: { type: 'object', required: ['path', 'message'], properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
  },
}
