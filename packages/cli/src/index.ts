export { type Deployment, type DeploymentDefinition, defineStack, type Stack, type StackDefinition } from './define-stack.ts'
