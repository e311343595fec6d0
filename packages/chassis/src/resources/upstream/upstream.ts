import type { OpenResource, Resource, ResourceContext } from '../../definition/resource.ts'
import { hostOf, portOf } from './base-url.ts'
import { Breaker } from './breaker.ts'
import { tryMillisecondsOf } from './call-times.ts'
import { Rest } from './rest.ts'
import { RetryBudget } from './retry-budget.ts'
import { type UpstreamSettings, upstreamConfig } from './upstream-config.ts'
import { Upstream, type UpstreamParts } from './upstream-handle.ts'
import { UpstreamMeters } from './upstream-meters.ts'
import { type UpstreamOptions, upstreamDefaults } from './upstream-options.ts'

type Config = Readonly<Record<string, unknown>>

/**
 * Somebody else's HTTP service. Handlers get an {@link Upstream}, whose calls are bounded in time, tries and size, and fail at once while half of
 * them fail. It never makes the service unready: a service that is taken out for what another one lacks helps nobody.
 *
 * The options are the defaults of its config keys.
 *
 * @throws {DefinitionError} with a sentence for each option that is wrong
 * @example resources: { shoutcloud: upstream({ name: 'shoutcloud', url: 'https://api.example.com/shout', timeout: 0.5 }) }
 */
export function upstream(options: UpstreamOptions): Resource<Upstream> {
  const { keys, read } = upstreamConfig(upstreamDefaults(options))
  return Object.freeze({
    kind: 'upstream',
    config: keys,
    network(config: Config) {
      const url = new URL(read(config).URL)
      return [{ host: hostOf(url), port: portOf(url) }]
    },
    open: async (context: ResourceContext<Config>) => openUpstream(context, read(context.config)),
  })
}

function openUpstream({ name, longestDeadline, meter }: ResourceContext<Config>, settings: UpstreamSettings): OpenResource<Upstream> {
  const url = new URL(settings.URL)
  const budget = new RetryBudget()
  const breaker = new Breaker({ isOn: settings.BREAKER, tryMilliseconds: tryMillisecondsOf(settings), concurrency: settings.CONCURRENCY })
  const parts: UpstreamParts = {
    name,
    url,
    settings,
    longestDeadline,
    budget,
    breaker,
    rest: new Rest(),
    meters: new UpstreamMeters({ resource: name, url, meter, breaker, budget }),
  }
  return {
    handle: new Upstream(parts),
    forRequest: (scope) => new Upstream(parts, scope),
    check: async () => {},
    close: async () => {},
  }
}
