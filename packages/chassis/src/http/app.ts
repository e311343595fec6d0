import { Hono } from 'hono'
import { METHODS, type Route } from '../definition/define-route.ts'
import { ServiceError } from '../definition/service-error.ts'
import type { Exchange, RawHeaders } from '../observe/exchange.ts'
import type { RequestObserver } from '../observe/observe-request.ts'
import type { Cors } from './cors.ts'
import { createRouteHandler, type RouteOptions } from './handle-route.ts'
import type { RouterContext } from './parse-input.ts'
import type { SystemRoute } from './system-routes.ts'
import type { ProblemWriter } from './to-problem.ts'

export type FetchHandler = (request: Request, rawHeaders?: RawHeaders) => Response | Promise<Response>

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

type Router = Hono<{ Bindings: Exchange }>

/**
 * The request path of a service.
 *
 * 1 observe        around everything: ids, sampling, histogram, access line, span      observe/observe-request.ts
 * 2 limits         concurrency, body size, deadline                                    handle-route.ts
 * 3 route, parse   path, then params, query, headers and body by the route's schemas   parse-input.ts
 * 4 handler        the service's own function: parsed input in, plain data out
 * 5 write          JSON, entity tag, compression                                       write-answer.ts
 * 6 problem        anything thrown becomes application/problem+json                    to-problem.ts
 */
export function createApp({ routes, systemRoutes, observer, toProblem, routeOptions, cors, isDraining }: AppOptions): FetchHandler {
  const router: Router = new Hono({ strict: false })
  for (const route of routes) router.on(route.method, toRouterPath(route.path), createRouteHandler(route, routeOptions))
  for (const route of systemRoutes) router.get(route.path, createSystemHandler(route, observer))
  router.notFound(createFallback(router, toProblem, cors))
  router.onError((error, c) => toProblem(c.env, error))

  return function handleRequest(request, rawHeaders) {
    const exchange = observer.start(request, rawHeaders)
    const answer = router.fetch(request, exchange)
    return answer instanceof Promise ? answer.then((response) => finish(exchange, response)) : finish(exchange, answer)
  }

  function finish(exchange: Exchange, response: Response): Response {
    if (cors) cors.apply(exchange, response)
    if (isDraining()) response.headers.set('connection', 'close')
    observer.finish(exchange, response.status)
    return response
  }
}

/** Hono's form of a path template. */
function toRouterPath(path: string): string {
  return path.replaceAll(/\{([^}]*)\}/g, ':$1')
}

function createSystemHandler({ path, answer }: SystemRoute, observer: RequestObserver): (c: RouterContext) => Response | Promise<Response> {
  const bound = observer.bind('GET', path, true)
  return function handleSystemRoute(c) {
    c.env.route = bound
    return answer(c.env)
  }
}

/** What no route takes: OPTIONS, a wrong method, an unknown path. */
function createFallback(router: Router, toProblem: ProblemWriter, cors: Cors | undefined) {
  return function answerFallback({ env: exchange, req }: RouterContext): Response {
    const methods = METHODS.filter((method) => router.router.match(method, req.path)[0].length > 0) as string[]
    if (methods.length === 0) return toProblem(exchange, new ServiceError('unknown_path', `There is nothing at ${req.path}.`))
    if (methods.includes('GET')) methods.push('HEAD')
    const allow = [...methods, 'OPTIONS'].join(', ')
    if (exchange.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow, ...cors?.preflight(exchange, allow) } })
    return toProblem(exchange, new ServiceError('method_not_allowed', `${req.path} takes ${allow}.`, { headers: { allow } }))
  }
}
