import { isByteStream } from '../definition/byte-stream.ts'
import type { Route } from '../definition/define-route.ts'
import { mediaTypesOf } from '../definition/route-facts.ts'
import { ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'
import type { RequestObserver } from '../observe/observe-request.ts'
import { afterwards } from '../resources/afterwards.ts'
import type { Admission } from './admission.ts'
import { type AnswerStream, answerStreamOf } from './answer-stream.ts'
import { BodyStream } from './body-stream.ts'
import { DeadlineQueue } from './deadline.ts'
import { createInputParser } from './parse-input.ts'
import { PendingAnswer } from './pending-answer.ts'
import { type BodyLimits, readBody } from './read-body.ts'
import type { RequestContextClass } from './request-context.ts'
import type { Handler } from './router.ts'
import { type AnswerOptions, createAnswerWriter } from './write-answer.ts'

export interface RouteOptions extends AnswerOptions {
  observer: RequestObserver
  admission: Admission
  RequestContext: RequestContextClass
  bodyLimits: BodyLimits
  /** One queue for each time that a route may take, by milliseconds. */
  deadlines: Map<number, DeadlineQueue>
  defaultDeadlineMilliseconds: number
  /** @throws {ServiceError} `not_ready` while the service can't answer yet. */
  checkServing(): void
}

type UserHandler = (input: unknown, context: unknown) => unknown

/**
 * Makes the handler of one route: steps 3 to 6 of the request path.
 * It stays synchronous where the route's own handler is, which spares every such request a promise and a deadline.
 *
 * @param listed The media types that the method takes at this path, on this route or another.
 */
export function createRouteHandler(route: Route, options: RouteOptions, listed = mediaTypesOf(route)): Handler {
  const { observer, admission, RequestContext, toProblem, checkServing } = options
  const bound = observer.bind(route.method, route.path)
  const boundHead = route.method === 'GET' ? observer.bind('HEAD', route.path) : bound
  const parseInput = createInputParser(route)
  const writeAnswer = createAnswerWriter(route, options)
  const handler = route.handler as UserHandler
  const accepts = mediaTypesOf(route)
  const bodyLimits = { ...options.bodyLimits, maxBytes: route.maxBodyBytes ?? options.bodyLimits.maxBytes }
  const answerBody = isByteStream(route.body) ? answerWithStream : answerWithBody
  const deadlines = deadlinesOf(route, options)
  const pendingOptions = { admission, deadlines, toProblem }

  return function handleRoute(exchange) {
    exchange.route = exchange.method === 'HEAD' ? boundHead : bound
    exchange.deadlineAt = exchange.startedAt + deadlines.milliseconds
    try {
      checkServing()
      admission.check()
      if (route.body) return withinDeadline(exchange, answerBody(exchange), asItIs)
      const answer = handler(parseInput(exchange, undefined), new RequestContext(exchange))
      if (answer instanceof Promise) return withinDeadline(exchange, answer, writeAnswer)
      const response = writeAnswer(exchange, answer)
      return response instanceof Promise ? withinDeadline(exchange, response, asItIs) : response
    } catch (error) {
      return toProblem(exchange, error)
    }
  }

  async function answerWithBody(exchange: Exchange): Promise<Response> {
    exchange.isReceived = false
    const body = await readBody(exchange, accepts, listed, bodyLimits)
    exchange.isReceived = true
    // It came after the deadline, and its client has its answer.
    if (exchange.isAborted) throw new ServiceError('request_timeout')
    const answer = handler(parseInput(exchange, body), new RequestContext(exchange))
    return writeAnswer(exchange, answer instanceof Promise ? await answer : answer)
  }

  /** What the handler leaves of the body is discarded when nothing can ask for it any more, a streamed answer included. */
  async function answerWithStream(exchange: Exchange): Promise<Response> {
    const body = new BodyStream(exchange, bodyLimits.maxBytes)
    let stream: AnswerStream | undefined
    try {
      body.check(accepts, listed)
      const response = await writeAnswer(exchange, await handler(parseInput(exchange, body), new RequestContext(exchange)))
      stream = answerStreamOf(response)
      return response
    } finally {
      if (stream) void stream.released.then(() => body.discard())
      else await body.discard()
    }
  }

  /** Answers with what `write` makes of the outcome of `work`, or at the deadline. */
  function withinDeadline<Outcome>(
    exchange: Exchange,
    work: Promise<Outcome>,
    write: (exchange: Exchange, outcome: Outcome) => Response | Promise<Response>,
  ): Promise<Response> {
    return new Promise((resolve) => {
      const pending = new PendingAnswer(exchange, pendingOptions, resolve)
      const succeed = (response: Response) => pending.succeed(response)
      const fail = (error: unknown) => pending.fail(error)
      work.then((outcome) => afterwards(() => write(exchange, outcome), succeed, fail), fail)
    })
  }
}

const asItIs = (_exchange: Exchange, response: Response) => response

function deadlinesOf({ deadline }: Route, { deadlines, defaultDeadlineMilliseconds }: RouteOptions): DeadlineQueue {
  const milliseconds = deadline === undefined ? defaultDeadlineMilliseconds : deadline * 1000
  const queue = deadlines.get(milliseconds) ?? new DeadlineQueue(milliseconds)
  deadlines.set(milliseconds, queue)
  return queue
}
