import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import harbour from '../../../../../test/fixtures/harbour/service.ts'
import { warehouse } from '../../../../../test/fixtures/warehouse.ts'
import { openApiFaults } from '../../../../../test/tools/openapi-faults.ts'
import { byteStream } from '../../definition/byte-stream.ts'
import { defineRoute, type Route } from '../../definition/define-route.ts'
import { defineService } from '../../definition/define-service.ts'
import { type OpenApi, toOpenApi } from './to-openapi.ts'

const documentOf = (...routes: Route[]) => toOpenApi(defineService({ name: 'sample', summary: 'A sample.' }, routes), '1.0.0')
const get = (path: string, response: z.ZodType) => defineRoute({ method: 'GET', path, summary: 'Reads', response, handler: () => undefined })
const post = (path: string, body: z.ZodType) => defineRoute({ method: 'POST', path, summary: 'Writes', body, handler: () => undefined })

function responseSchema(document: OpenApi, path: string): unknown {
  const response = document.paths[path]?.get?.responses['200']
  return response && 'content' in response ? response.content?.['application/json']?.schema : undefined
}

function bodySchema(document: OpenApi, path: string): unknown {
  return document.paths[path]?.post?.requestBody?.content['application/json']?.schema
}

describe('toOpenApi', () => {
  it('makes a valid document of a service with one of everything', async () => {
    assert.deepEqual(await openApiFaults(toOpenApi(harbour, '1.0.0')), [])
  })

  it('makes valid schemas of what JSON Schema has other words for', async () => {
    const odd = z.object({
      nullable: z.string().nullable(),
      nullish: z.number().nullish(),
      union: z.union([z.string(), z.number(), z.null()]),
      tagged: z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b'), size: z.number() })]),
      both: z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() })),
      record: z.record(z.string(), z.array(z.number())),
      some: z.partialRecord(z.enum(['x', 'y']), z.boolean()),
      tuple: z.tuple([z.string(), z.number()]).rest(z.boolean()),
      json: z.json(),
      anything: z.unknown(),
      when: z.date(),
      large: z.bigint(),
      nothing: z.null(),
      constants: z.literal(['on', 'off', 1]),
      strict: z.strictObject({ only: z.string() }),
      loose: z.looseObject({ known: z.string() }),
      piped: z.string().transform(Number).pipe(z.number()),
      slow: z
        .string()
        .transform(async (text) => text === 'true')
        .pipe(z.boolean()),
    })
    const document = documentOf(get('/odd', odd), post('/odd', odd))
    assert.deepEqual(await openApiFaults(document), [])
    const { properties } = responseSchema(document, '/odd') as { properties: Record<string, unknown> }
    assert.deepEqual(properties.nullable, { type: ['string', 'null'] })
    assert.deepEqual(properties.when, { type: 'string', format: 'date-time' })
  })

  it('keeps a schema with an id once, and refers to it from the root', async () => {
    const Named = z.object({ name: z.string() }).meta({ id: 'Named' })
    const document = documentOf(get('/a', Named), get('/b', z.array(Named)), post('/c', z.object({ inner: Named.optional() })))
    assert.deepEqual(await openApiFaults(document), [])
    assert.deepEqual(Object.keys(document.components.schemas), ['Problem', 'Named'])
    assert.deepEqual(responseSchema(document, '/a'), { $ref: '#/components/schemas/Named' })
    assert.deepEqual(responseSchema(document, '/b'), { type: 'array', items: { $ref: '#/components/schemas/Named' } })
  })

  it('gives a schema two names where what is sent differs from what is answered', async () => {
    const Size = z.object({ width: z.number().default(1) }).meta({ id: 'Size' })
    const Box = z.object({ size: Size }).meta({ id: 'Box' })
    const document = documentOf(get('/boxes', Box), post('/boxes', Box))
    assert.deepEqual(await openApiFaults(document), [])
    assert.deepEqual(Object.keys(document.components.schemas), ['Problem', 'Box', 'Size', 'BoxInput', 'SizeInput'])
    assert.deepEqual(bodySchema(document, '/boxes'), { $ref: '#/components/schemas/BoxInput' })
    assert.deepEqual(document.components.schemas.BoxInput, {
      type: 'object',
      properties: { size: { $ref: '#/components/schemas/SizeInput' } },
      required: ['size'],
    })
    assert.deepEqual([document.components.schemas.Size?.required, document.components.schemas.SizeInput?.required], [['width'], undefined])
  })

  it('names what refers to itself and has no name after its route', async () => {
    const Tree = z.object({
      label: z.string(),
      get branches() {
        return z.array(Tree)
      },
    })
    const document = documentOf(get('/trees/{id}', Tree), post('/forests', z.object({ trees: z.array(Tree), other: z.json() })))
    assert.deepEqual(await openApiFaults(document), [])
    assert.deepEqual(responseSchema(document, '/trees/{id}'), { $ref: '#/components/schemas/GetTreesByIdResponse' })
    const { GetTreesByIdResponse: tree } = document.components.schemas
    assert.deepEqual(tree?.properties, {
      label: { type: 'string' },
      branches: { type: 'array', items: { $ref: '#/components/schemas/GetTreesByIdResponse' } },
    })
    assert.deepEqual(Object.keys(document.components.schemas), ['Problem', 'GetTreesByIdResponse', 'PostForestsBody', 'PostForestsBody2'])
  })

  it('renames what OpenAPI or the chassis has no place for', async () => {
    const Problem = z.object({ mine: z.string() }).meta({ id: 'Problem' })
    const Spaced = z.object({ yours: z.string() }).meta({ id: 'A name/with blanks' })
    const document = documentOf(get('/', z.object({ problem: Problem, spaced: Spaced })))
    assert.deepEqual(await openApiFaults(document), [])
    assert.deepEqual(Object.keys(document.components.schemas), ['Problem', 'ProblemOutput', 'Anamewithblanks'])
  })

  it('leaves data alone that looks like a reference', async () => {
    const examples = [{ $ref: '#/$defs/Elsewhere' }]
    const document = documentOf(get('/', z.object({ $ref: z.string() }).meta({ examples })))
    assert.deepEqual((responseSchema(document, '/') as { examples: unknown }).examples, examples)
  })

  it('does not forbid properties that a later version may add', () => {
    const document = documentOf(get('/', z.object({ open: z.object({}), closed: z.strictObject({}) })))
    const schema = responseSchema(document, '/') as { additionalProperties?: unknown; properties: Record<string, { additionalProperties?: unknown }> }
    const { open, closed } = schema.properties
    assert.deepEqual([schema.additionalProperties, open?.additionalProperties, closed?.additionalProperties], [undefined, undefined, false])
  })

  it('lists parameters one by one, even of an object with a name', async () => {
    const query = z
      .object({ page: z.coerce.number().default(1).describe('Which.'), old: z.string().optional().meta({ deprecated: true }) })
      .meta({ id: 'Page' })
    const headers = z.object({ 'x-flag': z.stringbool() })
    const route = defineRoute({ method: 'GET', path: '/{a}/{b}', summary: 'Reads', query, headers, handler: () => undefined })
    const document = documentOf(route)
    assert.deepEqual(await openApiFaults(document), [])
    assert.deepEqual(document.paths['/{a}/{b}']?.get?.parameters, [
      { name: 'a', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'b', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'page', in: 'query', required: false, description: 'Which.', schema: { type: 'number', default: 1 } },
      { name: 'old', in: 'query', required: false, deprecated: true, schema: { type: 'string' } },
      { name: 'x-flag', in: 'header', required: true, schema: { type: 'string', examples: ['true', 'false'] } },
    ])
    assert.deepEqual(Object.keys(document.components.schemas), ['Problem'])
  })

  it('gives every operation an id of its own', async () => {
    const paths = ['/', '/a-b', '/a/b', '/a/{b}', '/a/by-b', '/root']
    const document = documentOf(...paths.map((path) => get(path, z.string())))
    assert.deepEqual(await openApiFaults(document), [])
    const ids = paths.map((path) => document.paths[path]?.get?.operationId)
    assert.deepEqual(ids, ['getRoot', 'getAB', 'getAB2', 'getAByB', 'getAByB2', 'getRoot2'])
  })

  it('makes one operation of routes that differ in the media type of their body', async () => {
    const document = toOpenApi(warehouse, '1.0.0')
    assert.deepEqual(await openApiFaults(document), [])
    const operation = document.paths['/crates']?.post ?? assert.fail('POST /crates is not listed.')
    assert.deepEqual([operation.operationId, operation.summary], ['postCrates', 'Store a crate'])
    assert.equal(
      operation.description,
      'With `text/csv` or `text/plain`: Store all crates of a list.\n\nOne crate a line. **All or none** are stored.',
    )
    const stream = { type: 'string', description: 'One label a line.', examples: ['nails\nscrews'] }
    const content = operation.requestBody?.content ?? {}
    assert.deepEqual(Object.keys(content), ['application/json', 'text/csv', 'text/plain'])
    assert.deepEqual([content['text/csv']?.schema, content['text/plain']?.schema], [stream, stream])
    assert.deepEqual(
      operation.parameters?.map(({ name, required }) => [name, required]),
      [
        ['milliseconds', false],
        ['rows', false],
      ],
    )
    assert.deepEqual(Object.keys(operation.responses), ['200', '201', '400', '408', '413', '415', '422', '503', '504', 'default'])
    const unprocessable = operation.responses['422']
    assert.ok(unprocessable && 'description' in unprocessable)
    assert.deepEqual(unprocessable['x-problems'], ['validation_failed', 'bad_row'])
    assert.equal(unprocessable.description, 'Validation failed (`validation_failed`). Bad row (`bad_row`).')
  })

  it('gives one status of such an operation either schema, and a parameter that only one route requires is optional', () => {
    const facts = { method: 'POST', path: '/', summary: 'Writes', handler: () => undefined as never } as const
    const query = (schema: z.ZodType) => z.object({ mode: schema, both: z.string() })
    const document = documentOf(
      defineRoute({ ...facts, body: z.object({}), query: query(z.string()), response: z.object({ a: z.string() }) }),
      defineRoute({
        ...facts,
        body: byteStream(),
        accepts: ['text/csv'],
        query: query(z.enum(['x']).optional()),
        response: z.object({ b: z.string() }),
      }),
      defineRoute({
        ...facts,
        body: byteStream(),
        accepts: ['image/png'],
        query: z.object({ both: z.string() }),
        response: z.object({ b: z.string() }),
      }),
    )
    const { responses, parameters } = document.paths['/']?.post ?? assert.fail('POST / is not listed.')
    const success = responses['200']
    const schema = success && 'content' in success ? success.content?.['application/json']?.schema : undefined
    const part = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } }, required: [name] })
    assert.deepEqual(schema, { oneOf: [part('a'), part('b')] })
    assert.deepEqual(parameters, [
      { name: 'mode', in: 'query', required: false, schema: { oneOf: [{ type: 'string' }, { type: 'string', enum: ['x'] }] } },
      { name: 'both', in: 'query', required: true, schema: { type: 'string' } },
    ])
  })

  it('lists every status of success, and a list that is written item by item as the list that it is', () => {
    const { paths } = toOpenApi(warehouse, '1.0.0')
    const put = paths['/crates/{id}']?.put?.responses ?? {}
    assert.deepEqual(Object.keys(put).slice(0, 2), ['200', '201'])
    assert.deepEqual(put['200'], put['201'])
    assert.equal((responseSchema(toOpenApi(warehouse, '1.0.0'), '/crates') as { type: string }).type, 'array')
    assert.deepEqual(Object.keys(paths['/crates/{id}']?.patch?.requestBody?.content ?? {}), ['application/merge-patch+json'])
  })

  it('lists under each status the errors that are answered with it', () => {
    const { responses } = toOpenApi(harbour, '1.0.0').paths['/calls']?.post ?? assert.fail('POST /calls is not listed.')
    assert.deepEqual(Object.keys(responses), ['201', '400', '408', '409', '413', '415', '422', '503', '504', 'default'])
    const unprocessable = responses['422']
    assert.ok(unprocessable && 'description' in unprocessable)
    assert.deepEqual(unprocessable['x-problems'], ['validation_failed', 'draught_too_deep'])
    assert.equal(unprocessable.description, 'Validation failed (`validation_failed`). Draught too deep (`draught_too_deep`).')
  })
})

describe('openApiFaults, which the tests above rely on', () => {
  it('finds what each of them would get wrong', async () => {
    const document = documentOf(get('/', z.object({ a: z.string() })))
    const broken = (change: (schema: Record<string, unknown>) => void) => {
      const copy = structuredClone(document)
      change(responseSchema(copy, '/') as Record<string, unknown>)
      return openApiFaults(copy)
    }
    assert.equal((await broken((schema) => Object.assign(schema, { $ref: '#/$defs/A' }))).length > 0, true)
    assert.equal((await broken((schema) => Object.assign(schema, { properties: { a: { $ref: '#' } } }))).length, 1)
    assert.equal((await broken((schema) => Object.assign(schema, { type: 'text' }))).length, 1)
    assert.equal((await broken((schema) => Object.assign(schema, { properties: { a: { required: true } } }))).length > 0, true)
  })
})
