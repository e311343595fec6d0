import type { Service } from '@slipway/chassis'
import { checkStack } from './check-stack.ts'

/** One service running for one purpose, as it is written in `slipway.config.ts`. */
export interface DeploymentDefinition {
  service: Service
  /** A DNS label of at most 53 characters, as Helm allows for a release. In development the deployment answers at `<name>.localhost`. */
  name: string
  /** The Kubernetes namespace: a DNS label. */
  namespace: string
  /** The DNS name that clients use. */
  host: string
  /** The port in `slipway dev`. @default the port base and the place in the stack: 8081, 8082, … */
  port?: number
  /** Values of the service's config keys; what is left out has its default. Secrets don't belong here, for the stack is committed. */
  config?: Readonly<Record<string, string | number | boolean>>
}

export interface StackDefinition {
  deployments: readonly DeploymentDefinition[]
}

/** A deployment that was found to be right, frozen. */
export interface Deployment {
  readonly service: Service
  readonly name: string
  readonly namespace: string
  readonly host: string
  readonly port: number | undefined
  /** As text, ready for an environment: a customer named `true` stays one. */
  readonly config: Readonly<Record<string, string>>
}

export interface Stack {
  readonly deployments: readonly Deployment[]
}

/**
 * Defines the stack: every deployment there is. Pure data, frozen.
 *
 * @throws {DefinitionError} naming everything that is wrong with it.
 */
export function defineStack({ deployments }: StackDefinition): Stack {
  checkStack(deployments)
  return Object.freeze({ deployments: Object.freeze(deployments.map(toDeployment)) })
}

function toDeployment({ service, name, namespace, host, port, config = {} }: DeploymentDefinition): Deployment {
  const texts = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)]))
  return Object.freeze({ service, name, namespace, host, port, config: Object.freeze(texts) })
}
