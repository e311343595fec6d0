import type { Route } from '../definition/define-route.ts'
import { ServiceError } from '../definition/service-error.ts'
import type { Exchange } from '../observe/exchange.ts'
import type { RequestObserver } from '../observe/observe-request.ts'
import type { RawHeaders } from '../runtime/runtime.ts'
import { answerStreamOf } from './answer-stream.ts'
import type { Cors } from './cors.ts'
import { createRouteHandler, type RouteOptions } from './handle-route.ts'
import { routeByMediaType } from './route-by-media-type.ts'
import { type Handler, Router } from './router.ts'
import type { SystemRoute } from './system-routes.ts'
import type { ProblemWriter } from './to-problem.ts'

/** `path` is that of the request, where it is known already. */
export type FetchHandler = (request: Request, rawHeaders?: RawHeaders, path?: string) => Response | Promise<Response>

export interface App {
  fetch: FetchHandler
  /** Paths without parameters at which there is something. */
  staticPaths: readonly string[]
}

export interface AppOptions {
  routes: readonly Route[]
  systemRoutes: readonly SystemRoute[]
  observer: RequestObserver
  toProblem: ProblemWriter
  routeOptions: RouteOptions
  cors: Cors | undefined
  /** While this is so, connections are closed after their answer, so that clients go elsewhere. */
  isDraining(): boolean
}

/**
 * The request path of a service.
 *
 * 1 observe        around everything: ids, sampling, histogram, access line, span      observe/observe-request.ts
 * 2 route          method, path and media type to a handler, and the path's parameters  router.ts, route-by-media-type.ts
 * 3 limits, parse  concurrency and deadline; params, query, headers, body by schema     handle-route.ts, parse-input.ts
 * 4 handler        the service's own function: parsed input in, plain data out
 * 5 write          JSON, entity tag, compression                                       write-answer.ts
 * 6 problem        anything thrown becomes application/problem+json                    to-problem.ts
 */
export function createApp({ routes, systemRoutes, observer, toProblem, routeOptions, cors, isDraining }: AppOptions): App {
  const router = new Router([
    ...routeByMediaType(routes, (route, listed) => createRouteHandler(route, routeOptions, listed)),
    ...systemRoutes.map((route) => ({ method: 'GET', path: route.path, handler: createSystemHandler(route, observer, toProblem) })),
  ])

  return { fetch: handleRequest, staticPaths: router.staticPaths }

  function handleRequest(request: Request, rawHeaders?: RawHeaders, path?: string): Response | Promise<Response> {
    const exchange = observer.start(request, rawHeaders, path)
    const answer = answerTo(exchange)
    return answer instanceof Promise ? answer.then((response) => finishLater(exchange, response)) : finish(exchange, answer)
  }

  /** A streamed answer is in flight until its end. */
  function finishLater(exchange: Exchange, response: Response): Response {
    const stream = answerStreamOf(response)
    if (!stream) return finish(exchange, response)
    void stream.outcome.then((status) => observer.finish(exchange, status))
    return complete(exchange, response)
  }

  function answerTo(exchange: Exchange): Response | Promise<Response> {
    try {
      const handler = router.find(exchange)
      return handler ? handler(exchange) : answerUnrouted(exchange)
    } catch (error) {
      return toProblem(exchange, error)
    }
  }

  /** What no route takes: OPTIONS, a wrong method, an unknown path. */
  function answerUnrouted(exchange: Exchange): Response {
    const { path, method } = exchange
    const methods = router.methodsOf(path)
    if (methods.length === 0) throw new ServiceError('unknown_path', `There is nothing at ${path}.`)
    const allow = [...methods, 'OPTIONS'].join(', ')
    if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow, ...cors?.preflight(exchange, allow) } })
    throw new ServiceError('method_not_allowed', `${path} takes ${allow}.`, { headers: { allow } })
  }

  function finish(exchange: Exchange, response: Response): Response {
    observer.finish(exchange, complete(exchange, response).status)
    return response
  }

  /** A HEAD has the answer of a GET; that its content is not sent, both runtimes see to. */
  function complete(exchange: Exchange, response: Response): Response {
    if (cors) cors.apply(exchange, response)
    if (isDraining()) response.headers.set('connection', 'close')
    return response
  }
}

function createSystemHandler({ path, answer }: SystemRoute, observer: RequestObserver, toProblem: ProblemWriter): Handler {
  const bound = observer.bind('GET', path, true)
  return async function handleSystemRoute(exchange) {
    observer.leaveOut(exchange, bound)
    try {
      return await answer(exchange)
    } catch (error) {
      return toProblem(exchange, error)
    }
  }
}
