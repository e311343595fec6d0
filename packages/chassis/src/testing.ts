import { z } from 'zod'
import type { Route } from './definition/define-route.ts'
import type { Service } from './definition/define-service.ts'
import { Reply } from './definition/reply.ts'
import { itemSchema, statusesOf } from './definition/route-facts.ts'
import { isAsyncIterable } from './http/json-blocks.ts'
import type { EndedSpan, SpanSink } from './observe/span.ts'
import { createTracing } from './observe/tracing.ts'
import { type RunningService, startService } from './run/run-service.ts'

export { type Answer, FAULTS, type Fault, type FaultName } from './stand-in/fault.ts'
export { plainAnswer, type StandIn, type StandInCall, type StandInOptions, startStandIn } from './stand-in/start-stand-in.ts'

/** A span that has ended, as a collector would show it. */
export interface SpanRecord extends Omit<EndedSpan, 'ids' | 'commonAttributes'> {
  traceId: string
  spanId: string
}

/** A log line, parsed. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly message: string }

export interface TestOptions {
  /** What the service reads instead of the process's environment. @default {} */
  environment?: Readonly<Record<string, string>>
  /** Whether to wait until the service is ready. @default true */
  waits?: boolean
}

/** A service that runs without a port, and what it has told so far. */
export interface TestedService {
  /** Sends a request through the whole request path. `path` starts with a slash. */
  request(path: string, init?: RequestInit): Promise<Response>
  readonly logs: readonly LogLine[]
  /** Every request and everything in it is traced. */
  readonly spans: readonly SpanRecord[]
  /** The value of a series, as Prometheus would read it; undefined where there is none. Histograms have `_count`, `_sum` and `_bucket`. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>
  /** The lifecycle, for tests of start and stop. */
  readonly running: RunningService
  stop(): Promise<void>
}

/**
 * Runs a service in this process, for a test. What a handler returns is checked against its response schema, item by item where it is
 * an async iterable, and the status of a reply against those that its route lists. Production leaves this to the compiler; here an answer
 * that does not fit is a 500, and the log says why.
 *
 * @throws {ConfigError} as the service itself would.
 */
export async function testService(service: Service, { environment = {}, waits = true }: TestOptions = {}): Promise<TestedService> {
  const logs: LogLine[] = []
  const spans: SpanRecord[] = []
  const running = await startService(withCheckedAnswers(service), {
    environment,
    listens: false,
    writer: { write: (line) => logs.push(JSON.parse(line) as LogLine), flush: () => {} },
    openTracing: async () => createTracing(() => true, collector(spans)),
  })
  if (waits) await running.ready
  return {
    logs,
    spans,
    running,
    request: async (path, init) => running.fetch(new Request(`http://localhost${path}`, init)),
    metric: async (name, labels = {}) => seriesOf(await running.telemetry.metrics.text(), name, labels),
    stop: async () => void (await running.stop()),
  }
}

function collector(spans: SpanRecord[]): SpanSink {
  return { add: (span) => spans.push(toRecord(span)), counts: () => ({ exported: spans.length, dropped: 0 }), close: async () => {} }
}

function toRecord({ ids, commonAttributes, ...span }: EndedSpan): SpanRecord {
  return { ...span, traceId: ids.traceId, spanId: ids.spanId, attributes: { ...commonAttributes, ...span.attributes } }
}

function withCheckedAnswers(service: Service): Service {
  return { ...service, routes: service.routes.map(withCheckedAnswer) }
}

function withCheckedAnswer(route: Route): Route {
  const handler: Route['handler'] = (input, context) => {
    const answer = route.handler(input, context)
    return answer instanceof Promise ? answer.then((settled) => checkAnswer(route, settled)) : checkAnswer(route, answer)
  }
  return { ...route, handler }
}

function checkAnswer(route: Route, answer: unknown): unknown {
  if (!(answer instanceof Reply)) return checkData(route, answer)
  const { data, options } = answer
  const statuses = statusesOf(route)
  if (options.status !== undefined && !statuses.includes(options.status))
    throw new TypeError(`The handler of ${labelOf(route)} replied with ${options.status}; its status lists ${statuses.join(', ')}.`)
  return data === undefined ? answer : new Reply(checkData(route, data), options)
}

function checkData(route: Route, data: unknown): unknown {
  const item = itemSchema(route.response)
  if (item && isAsyncIterable(data)) return checkItems(route, item, data)
  if (route.response) check(route, route.response, data, 'returned')
  return data
}

/** Not a generator, which would let a call of `return` wait until the item that is being made is there. */
function checkItems(route: Route, schema: z.core.$ZodType, items: AsyncIterable<unknown>): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = items[Symbol.asyncIterator]()
      const end = async () => (await iterator.return?.()) ?? { done: true, value: undefined }
      return {
        async next() {
          const result = await iterator.next()
          if (!result.done) await checkOr(end, () => check(route, schema, result.value, 'gave an item'))
          return result
        },
        return: end,
      }
    },
  }
}

async function checkOr(end: () => Promise<unknown>, work: () => void): Promise<void> {
  try {
    work()
  } catch (error) {
    await end()
    throw error
  }
}

function check(route: Route, schema: z.core.$ZodType, data: unknown, how: string): void {
  const { error } = z.safeParse(schema, data)
  if (error) throw new TypeError(`The handler of ${labelOf(route)} ${how} what its response schema refuses: ${error.message}`)
}

function labelOf({ method, path }: Route): string {
  return `${method} ${path}`
}

/** The text format has a series a line: `name{label="value",…} number`. */
function seriesOf(text: string, name: string, labels: Readonly<Record<string, string>>): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  for (const line of text.split('\n')) {
    const [, series, set = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (series === name && wanted.every((label) => set.includes(label))) return Number(value)
  }
  return undefined
}
