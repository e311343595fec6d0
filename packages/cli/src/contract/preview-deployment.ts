import { type ConfigPreview, previewConfig, type Service } from '@slipway/chassis'
import { CliError, EXIT_CONFIG } from '../cli-error.ts'
import type { Deployment } from '../define-stack.ts'
import { leastGracePeriod, toLifecycle } from './to-lifecycle.ts'

/** The folder in the pod that secrets are mounted in, each as a file of its key's name. */
export const SECRETS_FOLDER = '/run/secrets/slipway'

/** What a service would read where it is deployed; without a deployment, its defaults. */
export function previewDeployment(service: Service, deployment: Deployment | undefined): ConfigPreview {
  const { name, config = {}, secrets = {} } = deployment ?? {}
  const files = Object.fromEntries(Object.keys(secrets).map((key) => [`${key}_FILE`, `${SECRETS_FOLDER}/${key}`]))
  return previewConfig(service, { ...config, ...files, DEPLOYMENT: name })
}

/** @throws {CliError} naming each deployment whose config its service refuses, the environment, each key, its value and the remedy. */
export function checkDeployments(deployments: readonly Deployment[], environment: string | undefined): void {
  const place = environment === undefined ? '' : ` in ${environment}`
  const faults = deployments.flatMap((deployment) => {
    const problems = problemsOf(deployment)
    return problems.length === 0 ? [] : [`The configuration of ${deployment.name}${place} is not valid:\n  ${problems.join('\n  ')}`]
  })
  if (faults.length > 0) throw new CliError(faults.join('\n'), EXIT_CONFIG)
}

function problemsOf(deployment: Deployment): readonly string[] {
  const { values, problems } = previewDeployment(deployment.service, deployment)
  if (problems.length > 0) return problems.map(remedied)
  const lifecycle = toLifecycle(deployment.service, values.base ?? {}, deployment)
  const { drainDelay, drainTimeout, slack, gracePeriod } = lifecycle
  const least = leastGracePeriod(lifecycle)
  if (gracePeriod >= least) return []
  const sum = `the sum of DRAIN_DELAY, ${drainDelay}, DRAIN_TIMEOUT, ${drainTimeout}, and ${slack} for closing`
  return [`gracePeriod must be at least ${least} seconds, ${sum}; it is ${gracePeriod}. Raise it, or leave it out.`]
}

/** In a stack, a secret's value or its file is not what one sets. */
function remedied(problem: string): string {
  return problem.replace(/^(\w+) is not set; set it or \1_FILE to/, '$1 is not set; refer in secrets to the Secret that holds')
}
