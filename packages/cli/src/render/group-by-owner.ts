import type { ConfigKeyDescription } from '@slipway/chassis'

export interface ConfigGroup {
  title: string
  members: ConfigKeyDescription[]
}

/** Config keys by who declares them, in the order in which they come: the service, each resource, every service. */
export function groupByOwner(keys: readonly ConfigKeyDescription[]): ConfigGroup[] {
  const groups = new Map<string, ConfigKeyDescription[]>()
  for (const key of keys) groups.set(key.owner, [...(groups.get(key.owner) ?? []), key])
  return [...groups].map(([owner, members]) => ({ title: titleOf(owner), members }))
}

function titleOf(owner: string): string {
  if (owner === 'service') return "The service's own"
  return owner === 'base' ? 'Every service' : `The resource ${owner}`
}
