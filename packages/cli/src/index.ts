export {
  type Deployment,
  type DeploymentDefinition,
  defineStack,
  type LocalDefinition,
  type Stack,
  type StackDefinition,
  type StandInDefinition,
} from './define-stack.ts'
