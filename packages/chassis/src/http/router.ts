import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { METHODS } from '../definition/define-route.ts'
import { ServiceError } from '../definition/service-error.ts'
import { type Exchange, NO_PARAMS } from '../observe/exchange.ts'

export type Handler = (exchange: Exchange) => Response | Promise<Response>

export interface RoutedHandler {
  method: string
  /** `/passengers/{uuid}` */
  path: string
  handler: Handler
}

/**
 * Hono's routers, without the rest of Hono: its context and its composition of middlewares have nothing to do here, and would cost
 * every request half a microsecond or more (decisions/004-observing.md).
 */
export class Router {
  readonly #router = new SmartRouter<Handler>({ routers: [new RegExpRouter(), new TrieRouter()] })

  readonly staticPaths: readonly string[]

  constructor(routes: readonly RoutedHandler[]) {
    this.staticPaths = routes.map(({ path }) => path).filter((path) => !path.includes('{'))
    // Of two that match, the one that was added first wins: /configs/search has to stand before /configs/{name}.
    const bySpecificity = [...routes].sort((a, b) => compareText(a.path.replaceAll('{', '\uffff'), b.path.replaceAll('{', '\uffff')))
    for (const { method, path, handler } of bySpecificity) this.#router.add(method, path.replaceAll(/\{([^}]*)\}/g, ':$1'), handler)
  }

  /**
   * The handler for a request, and the parameters of its path into `exchange.params`; undefined where there is none.
   *
   * @throws {ServiceError} `malformed_path` when a parameter is not properly percent-encoded.
   */
  find(exchange: Exchange): Handler | undefined {
    const { method } = exchange
    const [matches, stash] = this.#router.match(method === 'HEAD' ? 'GET' : method, normalPath(exchange.path))
    const first = matches[0]
    if (!first) return undefined
    const [handler, places] = first
    exchange.params = paramsOf(places, stash as string[])
    return handler
  }

  /** The methods that a path takes; empty where there is nothing at it. */
  methodsOf(path: string): string[] {
    const methods: string[] = METHODS.filter((method) => this.#router.match(method, normalPath(path))[0].length > 0)
    return methods.includes('GET') ? [...methods, 'HEAD'] : methods
  }
}

/** One of Hono's routers gives the values, the other where in the `stash` they are. */
function paramsOf(places: Readonly<Record<string, string | number>>, stash: readonly string[]): Readonly<Record<string, string>> {
  let params: Record<string, string> | undefined
  for (const name in places) {
    const place = places[name] as string | number
    params ??= {}
    params[name] = decoded(typeof place === 'number' ? (stash[place] as string) : place)
  }
  return params ?? NO_PARAMS
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Without a slash at its end; what is percent-encoded without need is as if it were not (RFC 3986, section 6.2.2.2). */
function normalPath(path: string): string {
  const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  if (!bare.includes('%')) return bare
  try {
    // An encoded % stays encoded, for the parameter that it stands in; so does a NUL, which is refused there.
    return decodeURI(bare.replaceAll(/%(25|00)/g, '%25$1'))
  } catch {
    return bare
  }
}

function decoded(value: string): string {
  if (!value.includes('%')) return value
  if (value.includes('%00')) throw new ServiceError('malformed_path', 'A parameter of the path must not have a NUL character.')
  try {
    return decodeURIComponent(value)
  } catch {
    throw new ServiceError('malformed_path', 'The path is not properly percent-encoded (RFC 3986, section 2.1).')
  }
}
