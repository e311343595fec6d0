/** What the health paths tell, read at each request. */
export interface HealthSource {
  /** `starting`, `ready`, `draining` or `stopped`. */
  readonly state: string
  /** Whether the first attempt to open every resource is over, or takes long; `/startupz`. */
  readonly isStarted: boolean
  /** Whether traffic should come; `/readyz`. */
  readonly isReady: boolean
  /** Each resource by name: `up` or `down`. */
  resourceStates(): Readonly<Record<string, 'up' | 'down'>>
}

const HEADERS = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' }

const answer = (isGood: boolean, body: object) => new Response(JSON.stringify(body), { status: isGood ? 200 : 503, headers: HEADERS })

/**
 * `/livez` speaks of the process alone: what restarting it can't mend must not restart it.
 * `/readyz` speaks of the lifecycle and the resources.
 */
export function healthHandlers(health: HealthSource): Readonly<Record<string, () => Response>> {
  const live = () => answer(true, { status: 'ok' })
  return {
    '/livez': live,
    '/healthz': live,
    '/startupz': () => answer(health.isStarted, { status: health.isStarted ? 'ok' : 'starting' }),
    '/readyz': () => answer(health.isReady, { status: health.isReady ? 'ok' : 'not ready', state: health.state, resources: health.resourceStates() }),
  }
}
