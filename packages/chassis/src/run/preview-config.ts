import type { Service } from '../definition/define-service.ts'
import { configKeys } from './config-keys.ts'
import { type Environment, parseKey, textOf } from './parse-key.ts'

/** What a service would read from an environment, as far as that can be told where it does not run. */
export interface ConfigPreview {
  /** Parsed values, by owner and then by key. A key that is wrong has none, nor has a secret whose `KEY_FILE` is set. */
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** A sentence for each key that is wrong, with the remedy. */
  readonly problems: readonly string[]
}

/** Judges an environment by a service's schemas, without opening the files that it names: those are where the service will run. */
export function previewConfig(service: Service, environment: Environment): ConfigPreview {
  const values: Record<string, Record<string, unknown>> = {}
  const problems: string[] = []
  for (const key of configKeys(service)) {
    const ofOwner = values[key.owner] ?? {}
    values[key.owner] = ofOwner
    if (key.isSecret && environment[`${key.key}_FILE`]) continue
    const outcome = parseKey(key, textOf(key, environment))
    if ('problem' in outcome) problems.push(outcome.problem)
    else ofOwner[key.key] = outcome.value
  }
  return { values, problems }
}
