import type { Exchange } from '../observe/exchange.ts'

/** Seconds that a browser may keep the answer to a preflight; more than two hours no browser does. */
const MAX_AGE_SECONDS = '7200'

/** Lets pages of other origins call the service (Fetch standard, CORS protocol). */
export interface Cors {
  /** Header fields of the answer to a preflight for a path with these methods. */
  preflight(exchange: Exchange, methods: string): Record<string, string>
  /** Adds what the browser asks for to an answer. */
  apply(exchange: Exchange, response: Response): void
}

/** Undefined where no origin is allowed: the request path then has nothing to do. */
export function createCors(origins: readonly string[]): Cors | undefined {
  if (origins.length === 0) return undefined
  const isForAll = origins.includes('*')
  const allowed = (exchange: Exchange) => {
    const origin = exchange.header('origin')
    if (origin === undefined) return undefined
    return isForAll ? '*' : origins.find((candidate) => candidate === origin)
  }
  return {
    preflight(exchange, methods) {
      const origin = allowed(exchange)
      if (origin === undefined) return { vary: 'origin' }
      return {
        vary: 'origin, access-control-request-headers',
        'access-control-allow-origin': origin,
        'access-control-allow-methods': methods,
        'access-control-allow-headers': exchange.header('access-control-request-headers') ?? '',
        'access-control-max-age': MAX_AGE_SECONDS,
      }
    },
    apply(exchange, { headers }) {
      headers.append('vary', 'origin')
      const origin = allowed(exchange)
      if (origin === undefined) return
      headers.set('access-control-allow-origin', origin)
      headers.set('access-control-expose-headers', 'etag, link, location, retry-after, x-request-id')
    },
  }
}
