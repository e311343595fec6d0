import type { z } from 'zod'
import { isByteStream } from '../../definition/byte-stream.ts'
import type { Route } from '../../definition/define-route.ts'
import { mediaTypesOf, statusesOf } from '../../definition/route-facts.ts'
import type { ProblemKind } from '../../definition/service-error.ts'
import type { Direction, Json, SchemaComponents } from './schema-components.ts'

export interface Operation {
  operationId: string
  summary: string
  description?: string
  deprecated?: true
  parameters?: Parameter[]
  requestBody?: RequestBody
  responses: Record<string, ApiResponse | { $ref: string }>
}

export interface RequestBody {
  required: true
  content: Record<string, { schema: Json }>
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  deprecated?: true
  schema: Json
}

export interface ApiResponse {
  description: string
  content?: Record<string, { schema: Json }>
  /** Which rows of the table of errors are answered with this status. */
  'x-problems'?: string[]
}

export interface OperationSources {
  operationId: string
  problems: Readonly<Record<string, ProblemKind>>
  components: SchemaComponents
}

/** One route as an OpenAPI operation. HEAD, which every GET answers too, is not listed. */
export function toOperation(route: Route, { operationId, problems, components }: OperationSources): Operation {
  const { path, summary, description, deprecated, params, query, headers, body } = route
  const toSchema = (schema: z.ZodType, direction: Direction, role: string) => components.toSchema(schema, direction, hintOf(operationId, role))
  const declared = [...parameters('path', params), ...parameters('query', query), ...parameters('header', headers)]
  const all = params ? declared : [...plainPathParameters(path), ...declared]
  return {
    operationId,
    summary,
    ...(description && { description }),
    ...(deprecated && { deprecated: true as const }),
    ...(all.length > 0 && { parameters: all }),
    ...(body && { requestBody: requestBody(route, isByteStream(body) ? streamSchema(body) : toSchema(body, 'input', 'Body')) }),
    responses: { ...successResponses(), ...errorResponses(route, problems), default: { $ref: '#/components/responses/Problem' } },
  }

  function parameters(place: Parameter['in'], schema: z.ZodType | undefined): Parameter[] {
    if (!schema) return []
    const { properties, required } = components.toObjectSchema(schema, 'input', hintOf(operationId, place))
    return Object.entries(properties).map(([name, { description: text, deprecated: isDeprecated, ...rest }]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(typeof text === 'string' && { description: text }),
      ...(isDeprecated === true && { deprecated: true as const }),
      schema: rest,
    }))
  }

  function successResponses(): Record<string, ApiResponse> {
    const success = successResponse()
    return Object.fromEntries(statusesOf(route).map((status) => [String(status), success]))
  }

  function successResponse(): ApiResponse {
    const { response } = route
    if (!response) return { description: 'Done; there is no content.' }
    const content = { 'application/json': { schema: toSchema(response, 'output', 'Response') } }
    return { description: response.description ?? 'Success.', content }
  }
}

export function problemResponse(description: string, codes?: string[]): ApiResponse {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return { description, content, ...(codes && { 'x-problems': codes }) }
}

/** `PutTreesByIdBody` for the body of `putTreesById`. */
function hintOf(operationId: string, role: string): string {
  return [operationId, role].map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

function requestBody(route: Route, schema: Json): RequestBody {
  return { required: true, content: Object.fromEntries(mediaTypesOf(route).map((type) => [type, { schema }])) }
}

/** Bytes are text to JSON Schema, which the media type says more of. */
function streamSchema(body: z.ZodType): Json {
  const { byteStream: _, ...facts } = body.meta() ?? {}
  return { type: 'string', ...facts }
}

function plainPathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map((match) => ({ name: match[1] as string, in: 'path', required: true, schema: { type: 'string' } }))
}

/** Which errors the chassis itself answers with on a route, beside those that the route declares. */
function errorCodes(route: Route): string[] {
  return [
    ...(route.path.includes('{') ? ['malformed_path'] : []),
    ...(route.body ? ['malformed_body', 'request_timeout', 'body_too_large', 'unsupported_media_type'] : []),
    ...(route.body || route.query || route.headers ? ['validation_failed'] : []),
    'overloaded',
    'not_ready',
    'deadline_exceeded',
    ...(route.errors ?? []),
  ]
}

function errorResponses(route: Route, problems: Readonly<Record<string, ProblemKind>>): Record<string, ApiResponse> {
  const byStatus = new Map<number, string[]>()
  for (const code of new Set(errorCodes(route))) {
    const kind = problems[code]
    if (kind) byStatus.set(kind.status, [...(byStatus.get(kind.status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].sort(([a], [b]) => a - b).map(([status, codes]) => [String(status), problemResponse(explainProblems(codes, problems), codes)]),
  )
}

export function explainProblems(codes: readonly string[], problems: Readonly<Record<string, ProblemKind>>): string {
  return codes.map((code) => `${problems[code]?.title} (\`${code}\`).`).join(' ')
}
