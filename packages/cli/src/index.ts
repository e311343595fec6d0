export type {
  AutoscalingDefinition,
  ClusterNeeds,
  ImageDefinition,
  IngressDefinition,
  SecretReference,
  SizeDefinition,
  StorageDefinition,
} from './cluster-needs.ts'
export { defineEnvironment, type Environment, type EnvironmentDefinition } from './define-environment.ts'
export {
  type Deployment,
  type DeploymentDefinition,
  defineStack,
  type LocalDatabase,
  type LocalDefinition,
  type Stack,
  type StackDefinition,
  type StandInDefinition,
} from './define-stack.ts'
