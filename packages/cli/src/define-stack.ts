import type { Service } from '@slipway/chassis'
import { checkStack } from './check-stack.ts'
import type { ClusterNeeds, ResolvedNeeds } from './cluster-needs.ts'
import { resolveNeeds } from './resolve-needs.ts'

/** One service running for one purpose, as it is written in `slipway.config.ts`. */
export interface DeploymentDefinition extends ClusterNeeds {
  service: Service
  /** A DNS label of at most 53 characters, as Helm allows for a release. In development the deployment answers at `<name>.localhost`. */
  name: string
  /** The Kubernetes namespace: a DNS label. */
  namespace: string
  /** The DNS name that clients use. */
  host: string
  /** The port in `slipway dev`. @default the port base and the place in the stack: 8081, 8082, … */
  port?: number
  /** Values of the service's config keys; what is left out has its default. Secrets don't belong here, for the stack is committed: `secrets` refers to them. */
  config?: Readonly<Record<string, string | number | boolean>>
}

/** A server that answers in development in the place of somebody else's. */
export interface StandInDefinition {
  /** Names it in the table and in messages. */
  name: string
  /** Its port in `slipway dev`. */
  port: number
  /** Starts it on that port. Resolves to where it answers, and what ends it. */
  start(options: { port: number }): Promise<{ url: string; close(): Promise<void> }>
  /** The config keys that lead to it, once it answers at `url`. In development they replace those of every deployment whose service has them. */
  config(url: string): Readonly<Record<string, string>>
}

/** Where a deployment's database is in compose.yaml. */
export interface LocalDatabase {
  /** @default 'postgres' */
  system?: 'postgres' | 'mariadb'
  /** A file of SQL, from the project's folder, that fills it: for a database that is somebody else's, and so has no migrations here. */
  seed?: string
}

/** What is so in development alone. */
export interface LocalDefinition {
  /** @default [] */
  standIns?: readonly StandInDefinition[]
  /** By the deployment's name. @default an empty one on PostgreSQL for each deployment whose service has a database */
  databases?: Readonly<Record<string, LocalDatabase>>
}

export interface StackDefinition {
  deployments: readonly DeploymentDefinition[]
  local?: LocalDefinition
}

/** A deployment that was found to be right, frozen. */
export interface Deployment extends ResolvedNeeds {
  readonly service: Service
  readonly name: string
  readonly namespace: string
  readonly host: string
  readonly port: number | undefined
  /** As text, ready for an environment: a customer named `true` stays one. */
  readonly config: Readonly<Record<string, string>>
}

export interface Stack {
  /** What it was made from; an environment is laid over it. */
  readonly definition: StackDefinition
  readonly deployments: readonly Deployment[]
  readonly standIns: readonly Readonly<StandInDefinition>[]
  readonly databases: Readonly<Record<string, LocalDatabase>>
}

/**
 * Defines the stack: every deployment there is. Pure data, frozen.
 *
 * @throws {DefinitionError} naming everything that is wrong with it.
 */
export function defineStack(definition: StackDefinition): Stack {
  const { deployments, local = {} } = definition
  checkStack(deployments, local)
  const { standIns = [], databases = {} } = local
  return Object.freeze({
    definition: Object.freeze(definition),
    deployments: Object.freeze(deployments.map(toDeployment)),
    standIns: Object.freeze(standIns.map((standIn) => Object.freeze({ ...standIn }))),
    databases: Object.freeze(databases),
  })
}

function toDeployment(definition: DeploymentDefinition): Deployment {
  const { service, name, namespace, host, port, config = {} } = definition
  const texts = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)]))
  return Object.freeze({ service, name, namespace, host, port, config: Object.freeze(texts), ...resolveNeeds(definition) })
}
