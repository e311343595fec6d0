import type { OpenResource, Resource, ResourceContext } from '../../definition/resource.ts'
import { Breaker } from './breaker.ts'
import { RetryBudget } from './retry-budget.ts'
import { portOf, type UpstreamDefaults, type UpstreamSettings, upstreamConfig } from './upstream-config.ts'
import { MARGIN_MILLISECONDS, Upstream, type UpstreamParts } from './upstream-handle.ts'
import { UpstreamMeters } from './upstream-meters.ts'

export interface UpstreamOptions extends Partial<Omit<UpstreamDefaults, 'url'>> {
  /** Names its config keys: those of `shoutcloud` are `SHOUTCLOUD_URL`, `SHOUTCLOUD_TIMEOUT` and so on. */
  name: string
  /** Where it is in production; the default of its `…_URL`. */
  url: string
}

type Config = Readonly<Record<string, unknown>>

/**
 * Somebody else's HTTP service. Handlers get an {@link Upstream}, whose calls are bounded in time, tries and size, and fail at once while half of
 * them fail. It never makes the service unready: a service that is taken out for what another one lacks helps nobody.
 *
 * Seconds and bytes of the options are the defaults of its config keys: `timeout` 1, `totalTimeout` 3, `attempts` 3, `concurrency` 100,
 * `maxResponseBytes` 1 MiB.
 *
 * @example resources: { shoutcloud: upstream({ name: 'shoutcloud', url: 'https://api.example.com/shout', timeout: 0.5 }) }
 */
export function upstream({ name, ...options }: UpstreamOptions): Resource<Upstream> {
  const { keys, read } = upstreamConfig(name, options)
  return Object.freeze({
    kind: 'upstream',
    config: keys,
    network(config: Config) {
      const url = new URL(read(config).URL)
      return [{ host: url.hostname, port: portOf(url) }]
    },
    open: async (context: ResourceContext<Config>) => openUpstream(context, read(context.config)),
  })
}

function openUpstream({ name, longestDeadline, meter }: ResourceContext<Config>, settings: UpstreamSettings): OpenResource<Upstream> {
  const url = new URL(settings.URL)
  const budget = new RetryBudget()
  const breaker = new Breaker({ isOn: settings.BREAKER })
  const parts: UpstreamParts = {
    name,
    url,
    settings,
    // A try that no request can wait for would never be counted as one that took too long.
    tryMilliseconds: Math.max(1, Math.min(settings.TIMEOUT * 1000, longestDeadline * 1000 - MARGIN_MILLISECONDS)),
    budget,
    breaker,
    meters: new UpstreamMeters({ resource: name, url, meter, breaker, budget }),
  }
  return {
    handle: new Upstream(parts),
    forRequest: (scope) => new Upstream(parts, scope),
    check: async () => {},
    close: async () => {},
  }
}
