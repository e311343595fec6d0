import type { Deployment } from '../define-stack.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What of the developer's own environment reaches the deployments. Anything else, such as a PORT, would be meant for one of them, or for none. */
const PASSED_ON = /^OTEL_|^LOG_LEVEL$|^LOG_FORMAT$/

/** Seconds: nobody balances load here, and whoever waits for a restart waits for this. */
const DRAIN_TIMEOUT = '0.5'

/** The environment of one deployment in development. */
export function deploymentEnvironment(deployment: Deployment, port: number, own: Environment): Environment {
  const passedOn = Object.fromEntries(Object.entries(own).filter(([key]) => PASSED_ON.test(key)))
  return { ...deployment.config, ...passedOn, DEPLOYMENT: deployment.name, PORT: String(port), DRAIN_DELAY: '0', DRAIN_TIMEOUT }
}
