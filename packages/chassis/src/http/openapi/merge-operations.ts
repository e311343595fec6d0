import type { ProblemKind } from '../../definition/service-error.ts'
import type { Json } from './schema-components.ts'
import { type ApiResponse, explainProblems, type Operation, type Parameter, problemResponse, type RequestBody } from './to-operation.ts'

type Problems = Readonly<Record<string, ProblemKind>>

/** Routes that differ in the media type of their body are one operation to OpenAPI, which knows an operation by method and path. */
export function mergeOperations(operations: readonly [Operation, ...Operation[]], problems: Problems): Operation {
  const [first, ...others] = operations
  if (others.length === 0) return first
  const { operationId, summary } = first
  const parameters = mergeParameters(operations)
  return {
    operationId,
    summary,
    description: [first.description, ...others.map(describe)].filter(Boolean).join('\n\n'),
    ...(operations.every(({ deprecated }) => deprecated) && { deprecated: true as const }),
    ...(parameters.length > 0 && { parameters }),
    requestBody: {
      required: true,
      content: Object.assign({}, ...operations.map(({ requestBody }) => requestBody?.content)) as RequestBody['content'],
    },
    responses: mergeResponses(operations, problems),
  }
}

function describe({ summary, description, requestBody }: Operation): string {
  const types = Object.keys(requestBody?.content ?? {}).map((type) => `\`${type}\``)
  const sentence = `With ${types.join(' or ')}: ${summary.replace(/\.$/, '')}.`
  return description ? `${sentence}\n\n${description}` : sentence
}

/** A parameter is required where every route has it and requires it. */
function mergeParameters(operations: readonly Operation[]): Parameter[] {
  const all = operations.flatMap(({ parameters = [] }) => parameters)
  const byName = Map.groupBy(all, (parameter) => `${parameter.in} ${parameter.name}`)
  return [...byName.values()].map((alike) => ({
    ...(alike[0] as Parameter),
    required: alike.length === operations.length && alike.every(({ required }) => required),
    schema: mergeSchemas(alike.map(({ schema }) => schema)),
  }))
}

function mergeResponses(operations: readonly Operation[], problems: Problems): Operation['responses'] {
  const all = operations.flatMap(({ responses }) => Object.entries(responses))
  const byStatus = Map.groupBy(all, ([status]) => status)
  return Object.fromEntries(
    [...byStatus].map(([status, alike]) => [
      status,
      mergeAlike(
        alike.map(([, response]) => response),
        problems,
      ),
    ]),
  )
}

function mergeAlike(responses: readonly (ApiResponse | { $ref: string })[], problems: Problems): ApiResponse | { $ref: string } {
  const [reference] = responses.filter((response) => '$ref' in response)
  if (reference) return reference
  const described = responses.filter((response) => 'description' in response)
  const codes = [...new Set(described.flatMap((response) => response['x-problems'] ?? []))]
  if (codes.length > 0) return problemResponse(explainProblems(codes, problems), codes)
  const schemas = described.flatMap(({ content }) => Object.values(content ?? {}).map(({ schema }) => schema))
  const description = [...new Set(described.map((response) => response.description))].join(' ')
  return { description, ...(schemas.length > 0 && { content: { 'application/json': { schema: mergeSchemas(schemas) } } }) }
}

function mergeSchemas(schemas: readonly Json[]): Json {
  const different = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  return different.length === 1 ? (different[0] as Json) : { oneOf: different }
}
