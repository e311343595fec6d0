import { join } from 'node:path'
import { configKeys } from '@slipway/chassis'
import type { Deployment } from '../define-stack.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface EnvironmentOptions {
  port: number
  /** The project's folder. */
  project: string
  /** The developer's own environment. */
  own: Environment
  /** The config keys that lead to what stands in for others. @default {} */
  standIns?: Environment
}

/**
 * What of the developer's own environment reaches every deployment, beside the keys of resources. Anything else, such as a PORT, would be meant for one
 * of them, or for none.
 */
const PASSED_ON = /^OTEL_|^LOG_LEVEL$|^LOG_FORMAT$/
/** Seconds: nobody balances load here, and whoever waits for a restart waits for this. */
const DRAIN_TIMEOUT = '0.5'

/** The environment of one deployment in development. */
export function deploymentEnvironment(deployment: Deployment, { port, project, own, standIns = {} }: EnvironmentOptions): Environment {
  const keys = configKeys(deployment.service)
  // Where a database, a cache or an upstream is, a developer says once for all deployments that have one.
  const ofResources = new Set(keys.filter(({ owner }) => owner !== 'service' && owner !== 'base').map(({ key }) => key))
  const isOfResource = (key: string) => ofResources.has(key) || ofResources.has(key.replace(/_FILE$/, ''))
  const passedOn = Object.fromEntries(Object.entries(own).filter(([key]) => PASSED_ON.test(key) || isOfResource(key)))
  const replaced = Object.fromEntries(Object.entries(standIns).filter(([key]) => keys.some((known) => known.key === key)))
  return {
    ...(ofResources.has('DATABASE_URL') && databaseOf(deployment, project, own)),
    ...withoutReplaced({ ...withoutReplaced(deployment.config, replaced), ...replaced }, passedOn),
    ...passedOn,
    DEPLOYMENT: deployment.name,
    PORT: String(port),
    DRAIN_DELAY: '0',
    DRAIN_TIMEOUT,
  }
}

/** A file of its own, unless somebody says otherwise: two deployments of one service must not share their data. */
function databaseOf({ name, config }: Deployment, project: string, own: Environment): Environment {
  const isGiven = [own, config].some((given) => given.DATABASE_URL !== undefined || given.DATABASE_URL_FILE !== undefined)
  return isGiven ? {} : { DATABASE_URL: `sqlite:${join(project, 'data', `${name}.db`)}` }
}

/** A secret is given as it is or by its file, and never both: what the environment gives replaces either. */
function withoutReplaced(config: Environment, passedOn: Environment): Environment {
  const isReplaced = (key: string) => [`${key}_FILE`, key.replace(/_FILE$/, '')].some((other) => other !== key && other in passedOn)
  return Object.fromEntries(Object.entries(config).filter(([key]) => !isReplaced(key)))
}
