import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { byteStream, counter, defineRoute, defineService, gauge, type Resource, reply, type Service, secret } from '../index.ts'
import { looksSecret } from './names.ts'

const text = z.string().describe('A text.')
const summary = 'Does something.'
const define = (head: object, routes: object[] = []): Service =>
  Reflect.apply(defineService, undefined, [{ name: 'workshop', summary, ...head }, routes])
const route = (facts: object) => ({ method: 'GET', path: '/', summary, handler: () => {}, ...facts })
const resource = (config: Record<string, z.ZodType>): Resource<object> => ({
  kind: 'test',
  config,
  network: () => [],
  open: () => Promise.reject(new Error('not opened in this test')),
})

async function* texts(): AsyncGenerator<string> {
  yield 'one'
}

describe('a wrong definition is refused with a sentence', () => {
  const wrong: [what: string, head: object, routes: object[], sentence: RegExp][] = [
    ['a name in capitals', { name: 'Workshop' }, [], /The name "Workshop" must be a DNS label/],
    ['no name', { name: undefined }, [], /The name undefined must be a DNS label/],
    ['a long name', { name: 'w'.repeat(54) }, [], /at most 53 characters/],
    ['no summary', { summary: ' ' }, [], /The summary must be one line/],
    ['a summary that is missing', { summary: undefined }, [], /The summary must be one line/],
    ['a start that is no function', { onStart: 'now' }, [], /The onStart must be a function/],
    ['a config key without a schema', { config: { MOTTO: 'text' } }, [], /MOTTO must be a zod schema/],
    ['a secret without a schema', { config: { TOKEN: undefined } }, [], /TOKEN must be a zod schema/],
    ['a config key in lower case', { config: { motto: text } }, [], /The config key "motto" must be upper-case/],
    ['a config key of every service', { config: { PORT: text } }, [], /PORT belongs to every service already/],
    ['a config key that names a file', { config: { MOTTO_FILE: text } }, [], /MOTTO_FILE must not end in _FILE/],
    ['a secret that is not declared', { config: { DB_PASSWORD: text } }, [], /DB_PASSWORD looks like a secret .* wrap its schema in secret/],
    ['a token that is not declared', { config: { TOKEN: text.optional().describe('x') } }, [], /TOKEN looks like a secret/],
    ['a key without a description', { config: { MOTTO: z.string() } }, [], /MOTTO has no description; add \.describe/],
    [
      'a key of two owners',
      { config: { URL: text }, resources: { shop: resource({ URL: text }) } },
      [],
      /URL of the resource shop is already declared by config/,
    ],
    ['a resource that hides the log', { resources: { log: resource({}) } }, [], /The resource name log hides/],
    ['a resource that hides what objects have', { resources: { constructor: resource({}) } }, [], /The resource name constructor hides/],
    ['a resource named like the base config', { resources: { base: resource({}) } }, [], /The resource name base stands for the config keys/],
    ['a resource named like its own config', { resources: { service: resource({}) } }, [], /The resource name service stands for/],
    ['a resource that is none', { resources: { shop: undefined } }, [], /The resource shop must be an object with kind, config, network and open/],
    ['a metric that is none', { metrics: { a: undefined } }, [], /The metric a must be made with counter/],
    ['a metric without a name', { metrics: { a: { kind: 'gauge', help: 'x' } } }, [], /The metric name undefined must be lower-case/],
    ['a metric without help', { metrics: { a: { kind: 'gauge', name: 'heat' } } }, [], /The metric heat needs one line of help/],
    ['labels without a list', { metrics: { a: { kind: 'gauge', name: 'heat', help: 'x', labels: 1 } } }, [], /heat must have its labels in a list/],
    ...[
      'service_info',
      'http_server_active_requests',
      'http_server_request_duration_seconds',
      'http_server_request_duration_seconds_count',
      'otel_sdk_spans',
      'process_heat',
      'nodejs_heat',
      'bun_heat',
    ].map((name): [string, object, object[], RegExp] => [
      `the metric ${name} of every service`,
      { metrics: { a: gauge({ name, help: 'x' }) } },
      [],
      new RegExp(`The metric name ${name} belongs to what every service measures already`),
    ]),
    ['a counter without _total', { metrics: { a: counter({ name: 'jobs', help: 'x' }) } }, [], /The counter jobs must end in _total/],
    ['a gauge with _total', { metrics: { a: gauge({ name: 'jobs_total', help: 'x' }) } }, [], /The gauge jobs_total must not end in _total/],
    ['milliseconds', { metrics: { a: gauge({ name: 'wait_milliseconds', help: 'x' }) } }, [], /must use a base unit/],
    [
      'two metrics alike',
      { metrics: { a: gauge({ name: 'heat', help: 'x' }), b: gauge({ name: 'heat', help: 'x' }) } },
      [],
      /Two metrics are named heat/,
    ],
    ['a reserved label', { metrics: { a: gauge({ name: 'heat', help: 'x', labels: ['le'] }) } }, [], /The label "le" of heat/],
    [
      'an error with a status of success',
      { errors: { fine: { status: 200, title: 'x', remedy: 'y' } } },
      [],
      /fine must have a status from 400 to 599; it has 200/,
    ],
    ['an error without a title', { errors: { rust: { status: 409, remedy: 'y' } } }, [], /The error rust needs a title and a remedy/],
    ['an error without anything', { errors: { rust: undefined } }, [], /rust must have a status from 400 to 599; it has undefined/],
    [
      'an error of the chassis',
      { errors: { not_found: { status: 404, title: 'x', remedy: 'y' } } },
      [],
      /not_found belongs to every service already/,
    ],
    ['two routes alike', {}, [route({ path: '/a/{x}' }), route({ path: '/a/{y}' })], /The routes GET \/a\/\{x\} and GET \/a\/\{y\} are alike/],
    [
      'a parameter of two names',
      {},
      [route({ path: '/a/{x}' }), route({ path: '/a/{y}', method: 'PUT' })],
      /GET \/a\/\{x\} and PUT \/a\/\{y\} name the same parameter differently/,
    ],
    ['a path without a slash', {}, [route({ path: 'a' })], /GET a must have a path like/],
    ['a path with a slash at its end', {}, [route({ path: '/a/' })], /without a slash at the end/],
    ['a path of every service', {}, [route({ path: '/metrics' })], /GET \/metrics hides a path that every service has/],
    ['a method that is none', {}, [route({ method: 'FETCH' })], /must have one of the methods GET, POST/],
    ['a GET with a body', {}, [route({ body: z.object({}) })], /must not have a body: a GET has none/],
    ['accepts without a body', {}, [route({ accepts: ['application/json'] })], /has accepts without a body schema/],
    ['a media type that is not parsed', {}, [route({ method: 'POST', body: z.object({}), accepts: ['text/xml'] })], /can't parse text\/xml/],
    ['a list of no media types', {}, [route({ method: 'POST', body: z.object({}), accepts: [] })], /accepts no media type at all/],
    ['a stream of no media type', {}, [route({ method: 'POST', body: byteStream() })], /has a byteStream\(\) without accepts/],
    ...['application/json', 'application/merge-patch+json', 'application/x-www-form-urlencoded'].map((type): [string, object, object[], RegExp] => [
      `a stream of ${type}`,
      {},
      [route({ method: 'POST', body: byteStream(), accepts: ['text/csv', type] })],
      /has a byteStream\(\) of application\/.*, which is parsed/,
    ]),
    ...['text/*', '*/*', 'TEXT/CSV', 'text', 'text/csv; charset=utf-8', '', undefined].map((type): [string, object, object[], RegExp] => [
      `a stream of ${JSON.stringify(type)}`,
      {},
      [route({ method: 'POST', body: byteStream().describe('x').optional(), accepts: [type] })],
      /must accept media types like text\/csv, in lower case and without parameters or wildcards/,
    ]),
    ...[0, -1, 1.5, Number.POSITIVE_INFINITY, '5'].map((maxBodyBytes): [string, object, object[], RegExp] => [
      `a body of at most ${maxBodyBytes} bytes`,
      {},
      [route({ method: 'POST', body: z.object({}), maxBodyBytes })],
      new RegExp(`must have maxBodyBytes that are a whole number from 1; it has ${maxBodyBytes}`),
    ]),
    ['a limit of no body', {}, [route({ maxBodyBytes: 5 })], /has maxBodyBytes without a body schema/],
    [
      'two routes that take the same media type',
      {},
      [
        route({ method: 'POST', body: z.object({}), accepts: ['application/json', 'application/x-www-form-urlencoded'] }),
        route({ method: 'POST', body: z.object({}) }),
      ],
      /The routes POST \/ and POST \/ are alike; remove one, or give both a body and accepts without a media type in common/,
    ],
    [
      'two routes of which one takes no body',
      {},
      [route({ method: 'POST', body: byteStream(), accepts: ['text/csv'] }), route({ method: 'POST' })],
      /The routes POST \/ and POST \/ are alike/,
    ],
    [
      'routes that differ in media type and name a parameter differently',
      {},
      [
        route({ method: 'POST', path: '/{a}', body: byteStream(), accepts: ['text/csv'] }),
        route({ method: 'POST', path: '/{b}', body: z.object({}) }),
      ],
      /POST \/\{a\} and POST \/\{b\} name the same parameter differently/,
    ],
    ['no status at all', {}, [route({ status: [] })], /has an empty list of statuses/],
    ['a status twice', {}, [route({ status: [200, 200] })], /lists a status twice/],
    ['a status of error among others', {}, [route({ status: [200, 404] })], /must have a status from 200 to 299; errors are thrown. It has 404/],
    ['content with 204 among others', {}, [route({ status: [200, 204], response: z.object({}) })], /answers 204, which has no content/],
    ['a status of error', {}, [route({ status: 404 })], /must have a status from 200 to 299; errors are thrown. It has 404/],
    ['content with 204', {}, [route({ status: 204, response: z.object({}) })], /answers 204, which has no content/],
    ['an error that nobody declares', {}, [route({ errors: ['rust'] })], /lists the error rust, which neither/],
    [
      'params of another path',
      {},
      [route({ path: '/a/{x}', params: z.object({ y: z.string() }) })],
      /exactly the parameters of its path \(x\); it has y/,
    ],
    ['a parameter twice', {}, [route({ path: '/{x}/{x}' })], /names a parameter twice/],
    ['a query that is no object', {}, [route({ query: z.string() })], /must have a query that is z\.object/],
    ['a header in capitals', {}, [route({ headers: z.object({ 'If-Match': z.string() }) })], /must name the header If-Match in lower case/],
    ['no time at all', {}, [route({ deadline: 0 })], /must have a deadline of more than 0 seconds/],
    ['time without end', {}, [route({ deadline: Number.POSITIVE_INFINITY })], /at most 3600; it has Infinity/],
    ['too much time', {}, [route({ deadline: 3601 })], /at most 3600; it has 3601/],
    ['time in words', {}, [route({ deadline: '5' })], /must have a deadline of more than 0 seconds/],
    ['a route that is none', {}, [undefined as never], /A route is undefined; make each with defineRoute/],
    ['a route without a handler', {}, [route({ handler: undefined })], /GET \/ needs a handler/],
    ['a route without a path', {}, [route({ path: undefined })], /GET undefined must have a path like/],
    ['a route without a summary', {}, [route({ summary: undefined })], /GET \/ needs a summary of one line/],
    ['a body without a schema', {}, [route({ method: 'PUT', body: {} })], /must have a body that is a zod schema/],
    ['a response without a schema', {}, [route({ response: 'text' })], /must have a response that is a zod schema/],
    ['a query without a schema', {}, [route({ query: 'text' })], /must have a query that is z\.object/],
    ['errors without a list', {}, [route({ errors: 'rust' })], /must have its errors in a list/],
  ]
  for (const [what, head, routes, sentence] of wrong) {
    test(what, () => assert.throws(() => define(head, routes), { name: 'DefinitionError', message: sentence }))
  }

  test('everything that is wrong is said at once', () => {
    assert.throws(
      () => define({ config: { PORT: text, motto: text } }, [route({ path: 'a' })]),
      (error: Error) => error.message.split('\n').length === 4,
    )
  })
})

describe('a config key that looks like a secret', () => {
  for (const key of ['DBPASSWORD', 'PASSWORDS', 'DB_PASSWD', 'TOKENS_FILE_NAME', 'CLIENTSECRET', 'API_KEY', 'SIGNING_KEY', 'API_KEY_OLD', 'KEY'])
    test(key, () => assert.ok(looksSecret(key)))
  for (const key of ['PRIMARY_KEY_COLUMN', 'KEY_COLUMN', 'KEYBOARD', 'MONKEY', 'URL', 'OTOKENS'])
    test(`${key} does not`, () => assert.ok(!looksSecret(key)))
})

describe('a right definition', () => {
  test('may have a deadline of an hour', () => assert.ok(define({}, [route({ deadline: 3600 })])))

  test('may have routes that differ in the media type of their body', () => {
    const csv = route({ method: 'POST', body: byteStream(), accepts: ['text/csv'] })
    const form = route({ method: 'POST', body: z.object({}), accepts: ['application/x-www-form-urlencoded'] })
    assert.ok(define({}, [csv, route({ method: 'POST', body: z.object({}), maxBodyBytes: 1 }), form, route({ status: [200, 201] })]))
  })

  test('is frozen data', () => {
    const service = define({ config: { API_KEY: secret(z.string()).optional().describe('Opens the door.') } }, [route({})])
    for (const part of [service, service.config, service.routes, service.resources, service.errors, service.metrics]) assert.ok(Object.isFrozen(part))
    assert.throws(() => Object.assign(service, { name: 'other' }), TypeError)
  })

  test('gives its handlers their types, without casts', () => {
    const service = defineService(
      {
        name: 'typed',
        summary,
        config: { COUNT: z.int().default(1).describe('How many.') },
        resources: { shop: resource({}) as Resource<{ buy(thing: string): Promise<number> }> },
        metrics: {
          sales: counter({ name: 'sales_total', help: 'Sales.', labels: ['thing'] }),
          visits: counter({ name: 'visits_total', help: 'Visits.' }),
        },
        onStart: ({ config }) => void config.COUNT.toFixed(),
      },
      [
        defineRoute({
          method: 'POST',
          path: '/{shelf}/{place}',
          summary,
          query: z.object({ limit: z.coerce.number() }),
          body: z.object({ thing: z.string() }),
          response: z.object({ price: z.number() }),
          handler: async ({ params, query, body, headers }, { config, shop, metrics, signal }) => {
            const texts: [string, string, string] = [params.shelf, params.place, body.thing]
            const numbers: [number, number] = [config.COUNT, query.limit]
            const nothing: undefined = headers
            metrics.sales.increment({ thing: texts[0] })
            metrics.visits.increment()
            // @ts-expect-error There is no such label.
            metrics.sales.increment({ colour: 'red' })
            // @ts-expect-error There is no such parameter.
            void params.colour
            // @ts-expect-error There is no such config key.
            void config.NOTHING
            return { price: (await shop.buy(texts[2])) + numbers[0] + (signal.aborted || nothing ? 1 : 0) }
          },
        }),
        defineRoute({
          method: 'GET',
          path: '/wrong',
          summary,
          response: z.object({ price: z.number() }),
          // @ts-expect-error The response has a number.
          handler: () => ({ price: 'much' }),
        }),
        defineRoute({
          method: 'POST',
          path: '/stream',
          summary,
          accepts: ['text/csv'],
          body: byteStream(),
          status: [200, 201],
          response: z.array(z.object({ bytes: z.number() })).readonly(),
          handler: async function* ({ body }) {
            for await (const block of body) yield { bytes: block.byteLength }
          },
        }),
        defineRoute({
          method: 'GET',
          path: '/stream/wrong',
          summary,
          response: z.array(z.string()),
          // @ts-expect-error The items are texts.
          handler: async function* () {
            yield 1
          },
        }),
        defineRoute({
          method: 'GET',
          path: '/stream/reply',
          summary,
          response: z.array(z.string()),
          handler: () => reply(texts(), { etag: '"1"' }),
        }),
        defineRoute({
          method: 'GET',
          path: '/stream/tuple',
          summary,
          response: z.tuple([z.string(), z.string()]),
          // @ts-expect-error A tuple has a certain length.
          handler: () => texts(),
        }),
        defineRoute({
          method: 'GET',
          path: '/stream/object',
          summary,
          response: z.object({ price: z.number() }),
          // @ts-expect-error An object is no list.
          handler: () => texts(),
        }),
      ],
    )
    assert.equal(service.routes.length, 7)
  })
})
