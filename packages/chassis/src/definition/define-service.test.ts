import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { counter, defineRoute, defineService, gauge, type Resource, type Service, secret } from '../index.ts'

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

describe('a wrong definition is refused with a sentence', () => {
  const wrong: [what: string, head: object, routes: object[], sentence: RegExp][] = [
    ['a name in capitals', { name: 'Workshop' }, [], /The name "Workshop" must be a DNS label/],
    ['a long name', { name: 'w'.repeat(54) }, [], /at most 53 characters/],
    ['no summary', { summary: ' ' }, [], /The summary must be one line/],
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

describe('a right definition', () => {
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
      ],
    )
    assert.equal(service.routes.length, 2)
  })
})
