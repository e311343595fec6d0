import { stringify } from 'yaml'
import { CliError, EXIT_CONFIG } from '../cli-error.ts'
import { assignPorts, DEFAULT_PORT_BASE } from '../dev/assign-ports.ts'
import { type ComposeDatabase, databaseService, databasesOf, databaseUrl } from './compose-databases.ts'
import { COLLECTOR, telemetryServices } from './compose-telemetry.ts'
import type { DeployedContract } from './render-deployment.ts'
import type { PlacedStack } from './render-stack.ts'
import { MARK } from './rendered-files.ts'

const FRONT_DOOR = 8080
const CACHE = { image: 'docker.io/valkey/valkey:8.1-alpine', restart: 'unless-stopped' }
const CACHE_URL = 'redis://valkey:6379'

/**
 * The compose file of a stack, which docker-compose reads from 1.28 on, and every `docker compose`.
 *
 * @throws {CliError} when a deployment has the name of one of its servers.
 */
export function renderCompose(placed: PlacedStack): string {
  const head = [
    `# ${MARK} render from slipway.config.ts. Don't edit it here.`,
    '# docker compose --project-name slipway --file generated/compose.yaml --profile observe up',
    '# Images come from slipway image <service>. Without the profile there is no Prometheus, no Grafana and no Jaeger, and',
    '# OTEL_EXPORTER_OTLP_ENDPOINT= in the environment keeps traces from being sent to where nobody is.',
  ]
  return `${head.join('\n')}\n${stringify(toCompose(placed), { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })}`
}

function toCompose(placed: PlacedStack): object {
  const { stack, contracts } = placed
  const ports = assignPorts(stack, { port: FRONT_DOOR, portBase: DEFAULT_PORT_BASE })
  const databases = databasesOf(placed)
  const systems = [...new Set(databases.map(({ system }) => system))].sort()
  const services = contracts.map((contract, index) => {
    const database = databases.find(({ name }) => name === contract.deployment.name)
    return [contract.deployment.name, toService(contract, database, ports[index])] as const
  })
  const servers = {
    ...Object.fromEntries(systems.map((system) => [system, databaseService(system, ofSystem(databases, system))])),
    ...(contracts.some(hasCache) && { valkey: CACHE }),
    ...telemetryServices(contracts),
  }
  const twice = services.map(([name]) => name).find((name) => name in servers)
  if (twice !== undefined) {
    throw new CliError(`The deployment ${twice} has the name of a server in the compose file; give it another.`, EXIT_CONFIG)
  }
  return {
    services: { ...Object.fromEntries(services), ...servers },
    volumes: Object.fromEntries(systems.map((system) => [`${system}-data`, {}])),
  }
}

export function ofSystem(databases: readonly ComposeDatabase[], system: ComposeDatabase['system']): ComposeDatabase[] {
  return databases.filter((one) => one.system === system)
}

/** As restricted as the pod is. */
function toService(contract: DeployedContract, database: ComposeDatabase | undefined, port: number | undefined): object {
  const { deployment, service, ports, lifecycle } = contract
  const { repository, tag = service.version, digest } = deployment.image
  const needed = [...(database ? [database.system] : []), ...(hasCache(contract) ? ['valkey'] : [])]
  return {
    image: digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`,
    environment: environmentOf(contract, database),
    ports: [`127.0.0.1:${port}:${ports.PORT}`],
    ...(needed.length > 0 && { depends_on: needed }),
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    stop_grace_period: `${lifecycle.gracePeriod}s`,
    restart: 'unless-stopped',
  }
}

function environmentOf(contract: DeployedContract, database: ComposeDatabase | undefined): Readonly<Record<string, string>> {
  const { deployment, ports, lifecycle } = contract
  const own = Object.entries(deployment.config).map(([key, text]) => [key, text.replaceAll('$', '$$$$')])
  return {
    ...secretsOf(contract),
    ...(database && { DATABASE_URL: databaseUrl(database) }),
    ...(hasCache(contract) && { CACHE_URL }),
    OTEL_EXPORTER_OTLP_ENDPOINT: `\${OTEL_EXPORTER_OTLP_ENDPOINT-${COLLECTOR}}`,
    ...Object.fromEntries(own),
    DEPLOYMENT: deployment.name,
    PORT: String(ports.PORT),
    MANAGEMENT_PORT: String(ports.MANAGEMENT_PORT),
    // Nobody balances load here, who would have to notice first.
    DRAIN_DELAY: '0',
    DRAIN_TIMEOUT: String(lifecycle.drainTimeout),
  }
}

/** What the cluster has in Secrets comes from the environment of whoever starts it, or from his .env. */
function secretsOf({ deployment }: DeployedContract): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(deployment.secrets).map((key) => [key, `\${${key}:?it is a secret of ${deployment.name}}`]))
}

function hasCache({ resources }: DeployedContract): boolean {
  return resources.some(({ kind }) => kind === 'cache')
}
