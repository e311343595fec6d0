import { DefinitionError } from '@slipway/chassis'
import { type DeploymentDefinition, defineStack, type Stack } from './define-stack.ts'

/** What an environment may change of a deployment. */
export type DeploymentChange = Partial<Omit<DeploymentDefinition, 'service' | 'name' | 'port'>>

/** An environment, as it is written in `deploy/<name>.ts`: what differs from the stack there, and nothing else. */
export interface EnvironmentDefinition {
  /** Laid over every deployment. @default {} */
  all?: Omit<DeploymentChange, 'host'>
  /** Laid over one deployment, by its name, after `all`. @default {} */
  deployments?: Readonly<Record<string, DeploymentChange>>
}

export type Environment = Readonly<Required<EnvironmentDefinition>>

/**
 * Defines an environment: pure data. Whether it fits the stack is said when it is laid over it.
 *
 * @example export default defineEnvironment({ all: { image: { registry: 'registry.example.com/harbour' }, monitoring: true } })
 */
export function defineEnvironment({ all = {}, deployments = {} }: EnvironmentDefinition): Environment {
  return Object.freeze({ all, deployments })
}

/** The stack as it is in an environment. @throws {DefinitionError} naming everything that is wrong with it. */
export function applyEnvironment({ definition }: Stack, name: string, { all, deployments }: Environment): Stack {
  const names = definition.deployments.map((one) => one.name)
  const faults = Object.keys(deployments)
    .filter((one) => !names.includes(one))
    .map((one) => `deploy/${name}.ts changes the deployment ${one}, which the stack does not have; it has ${names.join(', ')}.`)
  if (faults.length > 0) throw new DefinitionError(`The environment ${name} does not fit the stack:\n  ${faults.join('\n  ')}`)
  try {
    return defineStack({
      ...definition,
      deployments: definition.deployments.map((one) => change(change(one, all), deployments[one.name] ?? {})),
    })
  } catch (error) {
    throw error instanceof DefinitionError ? new DefinitionError(`As deploy/${name}.ts changes it: ${error.message}`) : error
  }
}

function change(deployment: DeploymentDefinition, changes: DeploymentChange): DeploymentDefinition {
  const { replicas, autoscaling, ...rest } = deployment
  // Either says how many pods there are, so the one that is laid over replaces the other.
  const scale = changes.replicas !== undefined ? {} : changes.autoscaling !== undefined ? { autoscaling } : { replicas, autoscaling }
  return mergeOver({ ...rest, ...scale }, changes) as DeploymentDefinition
}

/** Objects are merged, member by member; anything else is replaced. */
function mergeOver(base: object, changes: object): object {
  const merged = Object.entries(changes).map(([key, value]) => {
    const before = (base as Readonly<Record<string, unknown>>)[key]
    return [key, isPlain(before) && isPlain(value) ? mergeOver(before, value) : value]
  })
  return Object.fromEntries([...Object.entries(base), ...merged].filter(([, value]) => value !== undefined))
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
