import type { Route } from '../definition/define-route.ts'
import { ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'
import type { RequestObserver } from '../observe/observe-request.ts'
import type { Admission } from './admission.ts'
import { DeadlineQueue } from './deadline.ts'
import { createInputParser } from './parse-input.ts'
import { type BodyLimits, readBody } from './read-body.ts'
import type { RequestContextClass } from './request-context.ts'
import type { Handler } from './router.ts'
import type { ProblemWriter } from './to-problem.ts'
import { type AnswerOptions, createAnswerWriter } from './write-answer.ts'

export interface RouteOptions extends AnswerOptions {
  observer: RequestObserver
  admission: Admission
  RequestContext: RequestContextClass
  toProblem: ProblemWriter
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
 */
export function createRouteHandler(route: Route, options: RouteOptions): Handler {
  const { observer, admission, RequestContext, toProblem, bodyLimits, checkServing } = options
  const bound = observer.bind(route.method, route.path)
  const boundHead = route.method === 'GET' ? observer.bind('HEAD', route.path) : bound
  const parseInput = createInputParser(route)
  const writeAnswer = createAnswerWriter(route, options)
  const handler = route.handler as UserHandler
  const accepts = route.accepts ?? ['application/json']
  const deadline = deadlineOf(route, options)

  return function handleRoute(exchange) {
    exchange.route = exchange.method === 'HEAD' ? boundHead : bound
    exchange.deadlineAt = exchange.startedAt + deadline.milliseconds
    try {
      checkServing()
      admission.check()
      if (route.body) return withinDeadline(exchange, answerWithBody(exchange))
      const answer = handler(parseInput(exchange, undefined), new RequestContext(exchange))
      if (answer instanceof Promise)
        return withinDeadline(
          exchange,
          answer.then((data) => writeAnswer(exchange, data)),
        )
      const response = writeAnswer(exchange, answer)
      return response instanceof Promise ? response.catch((error) => toProblem(exchange, error)) : response
    } catch (error) {
      return toProblem(exchange, error)
    }
  }

  async function answerWithBody(exchange: Exchange): Promise<Response> {
    exchange.isReceived = false
    const body = await readBody(exchange, accepts, bodyLimits)
    exchange.isReceived = true
    // It came after the deadline, and its client has its answer.
    if (exchange.isAborted) throw new ServiceError('request_timeout')
    const answer = handler(parseInput(exchange, body), new RequestContext(exchange))
    return writeAnswer(exchange, answer instanceof Promise ? await answer : answer)
  }

  /**
   * Answers when `work` does, or at the deadline. A handler that goes on after that still counts as in flight, for it still needs memory;
   * a body that does not come any more needs none.
   */
  function withinDeadline(exchange: Exchange, work: Promise<Response>): Promise<Response> {
    admission.enter()
    return new Promise((resolve) => {
      let isLate = false
      let isInFlight = true
      const leave = () => {
        if (isInFlight) admission.leave()
        isInFlight = false
      }
      const entry = deadline.add(exchange.startedAt, () => {
        isLate = true
        if (!exchange.isReceived) leave()
        const error = lateness(exchange, deadline.milliseconds)
        exchange.abort(error)
        resolve(toProblem(exchange, error))
      })
      const settle = () => {
        deadline.remove(entry)
        leave()
      }
      work.then(
        (response) => {
          settle()
          resolve(response)
        },
        (error) => {
          settle()
          // After the deadline, what the abort brought about is nobody's news.
          if (!isLate) resolve(toProblem(exchange, error))
        },
      )
    })
  }
}

function lateness({ isReceived }: Exchange, milliseconds: number): ServiceError {
  if (isReceived) return new ServiceError('deadline_exceeded', `The answer took longer than ${milliseconds / 1000} s.`)
  return new ServiceError('request_timeout', `The body did not arrive within ${milliseconds / 1000} s.`, { headers: { connection: 'close' } })
}

function deadlineOf({ deadline }: Route, { deadlines, defaultDeadlineMilliseconds }: RouteOptions): DeadlineQueue {
  const milliseconds = deadline === undefined ? defaultDeadlineMilliseconds : deadline * 1000
  const queue = deadlines.get(milliseconds) ?? new DeadlineQueue(milliseconds)
  deadlines.set(milliseconds, queue)
  return queue
}
