import type { NetworkNeed, Service } from '@slipway/chassis'
import type { SecretReference } from '../cluster-needs.ts'
import type { ResourceContract } from './contract.ts'

type Values = Readonly<Record<string, unknown>>
type Secrets = Readonly<Record<string, SecretReference>>

/** Each resource and where it leads: as its config says, or as its secrets' references do. */
export function resourcesOf(service: Service, values: Readonly<Record<string, Values>>, secrets: Secrets): ResourceContract[] {
  return Object.entries(service.resources).map(([name, { kind, config, network, schema }]) => {
    const configKeys = Object.keys(config)
    const needs = [...network((values[name] ?? {}) as never), ...configKeys.flatMap((key) => placeOf(secrets[key]))]
    return { name, kind, configKeys, network: unique(needs), hasSchema: schema !== undefined }
  })
}

/** Where traces go. */
export function telemetryNeeds({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT, ...base }: Values): NetworkNeed[] {
  const endpoint = OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? OTEL_EXPORTER_OTLP_ENDPOINT
  if (typeof endpoint !== 'string' || base.OTEL_SDK_DISABLED === true || base.OTEL_TRACES_EXPORTER === 'none') return []
  const { hostname, port, protocol } = new URL(endpoint)
  return [{ host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) }]
}

function placeOf(reference: SecretReference | undefined): NetworkNeed[] {
  if (reference?.leadsTo === undefined) return []
  const [host = '', port] = reference.leadsTo.split(':')
  return [{ host, port: Number(port) }]
}

function unique(needs: readonly NetworkNeed[]): NetworkNeed[] {
  return [...new Map(needs.map(({ host, port }) => [`${host}:${port}`, { host, port }])).values()]
}
