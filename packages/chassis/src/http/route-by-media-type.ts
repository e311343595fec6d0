import type { Route } from '../definition/define-route.ts'
import { mediaTypesOf } from '../definition/route-facts.ts'
import { mediaTypeOf } from './content-type.ts'
import type { Handler, RoutedHandler } from './router.ts'

/** Makes the handler of a route. `listed`: the media types that the method takes at this path, on this route or another. */
type HandlerMaker = (route: Route, listed: readonly string[]) => Handler

/** One handler for each method and path; where several routes share these, Content-Type picks the route. */
export function routeByMediaType(routes: readonly Route[], createHandler: HandlerMaker): RoutedHandler[] {
  const operations = Map.groupBy(routes, ({ method, path }) => `${method} ${path}`)
  return [...operations.values()].map((alike) => {
    const { method, path } = alike[0] as Route
    return { method, path, handler: createOperationHandler(alike, createHandler) }
  })
}

function createOperationHandler(routes: readonly Route[], createHandler: HandlerMaker): Handler {
  const listed = routes.flatMap(mediaTypesOf)
  const handlers = routes.map((route) => createHandler(route, listed))
  const [first] = handlers as [Handler, ...Handler[]]
  if (handlers.length === 1) return first
  const byMediaType = new Map(routes.flatMap((route, index) => mediaTypesOf(route).map((type) => [type, handlers[index] as Handler])))
  return function handleByMediaType(exchange) {
    // What is of no route's type, any of them refuses.
    const handle = byMediaType.get(mediaTypeOf(exchange) ?? '') ?? first
    return handle(exchange)
  }
}
