import type { FetchHandler } from '@slipway/chassis'

/** What stands behind a host. */
export interface Route {
  host: string
  fetch: FetchHandler
}

/** Hands each request to the deployment whose host it names, as an Ingress would. */
export function createFrontDoor(routes: readonly Route[]): FetchHandler {
  const byHost = new Map(routes.map(({ host, fetch }) => [host, fetch]))
  return function handleFrontDoor(request, rawHeaders) {
    const field = rawHeaders === undefined ? request.headers.get('host') : rawHeaders.host
    const host = withoutPort(String(field ?? ''))
    const fetch = byHost.get(host)
    return fetch ? fetch(request, rawHeaders) : unknownHost(host, [...byHost.keys()])
  }
}

/** A host is named in any case, with or without a port, and may end in the root's dot. */
function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}

function unknownHost(host: string, hosts: readonly string[]): Response {
  const problem = {
    type: 'about:blank',
    title: 'Unknown host',
    status: 404,
    detail: `No deployment answers as ${JSON.stringify(host)}; use one of ${hosts.join(', ')}.`,
    code: 'unknown_host',
    hosts,
  }
  return new Response(`${JSON.stringify(problem)}\n`, {
    status: 404,
    headers: { 'content-type': 'application/problem+json', 'x-content-type-options': 'nosniff' },
  })
}
