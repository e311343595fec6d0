import type { Service } from '../definition/define-service.ts'
import { SecretTexts } from '../observe/secret-texts.ts'
import type { BaseConfig } from './base-config.ts'
import { type ConfigKey, configKeys } from './config-keys.ts'
import { type Environment, parseKey, textOf } from './parse-key.ts'
import { SecretFiles } from './secret-files.ts'
import { misspeltKeys } from './suggest-key.ts'

type Values = Readonly<Record<string, unknown>>

/** Thrown when the environment does not fit the config; the process ends with 78, EX_CONFIG of sysexits.h. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  /** One sentence for each key that is wrong, and for each that is likely misspelt. */
  readonly problems: readonly string[]

  constructor(serviceName: string, problems: readonly string[]) {
    super(`The configuration of ${serviceName} is not valid:\n  ${problems.join('\n  ')}`)
    this.problems = problems
  }
}

export interface LoadedConfig {
  readonly base: BaseConfig
  /** The service's own keys, for its handlers. */
  readonly service: Values
  /** Each resource's keys, by the resource's name. */
  readonly resources: Readonly<Record<string, Values>>
  /** Sentences about keys that are likely misspelt. */
  readonly warnings: readonly string[]
  readonly secretFiles: SecretFiles
  /** What must be kept out of logs. */
  readonly secrets: SecretTexts
}

/**
 * Reads a service's config from the environment.
 * A key that is set and empty is an empty text, but for OTEL_* keys, where it counts as unset (OpenTelemetry specification, environment variables).
 *
 * @throws {ConfigError} naming every key that is wrong.
 */
export function loadConfig(service: Service, environment: Environment): LoadedConfig {
  const keys = configKeys(service)
  const secretFiles = new SecretFiles()
  const secrets = new SecretTexts()
  const problems: string[] = []
  const byOwner: Record<string, Record<string, unknown>> = {}
  for (const key of keys) {
    byOwner[key.owner] ??= {}
    const outcome = readKey(key, environment, secretFiles, secrets)
    if ('problem' in outcome) problems.push(outcome.problem)
    else Object.defineProperty(byOwner[key.owner], key.key, { enumerable: true, ...outcome })
  }
  const warnings = misspeltKeys(
    keys.map(({ key }) => key),
    environment,
  )
  problems.push(...portProblems(byOwner.base ?? {}))
  if (problems.length > 0) throw new ConfigError(service.name, [...problems, ...warnings])
  return {
    base: Object.freeze(byOwner.base) as unknown as BaseConfig,
    service: Object.freeze(byOwner.service ?? {}),
    resources: Object.fromEntries(Object.keys(service.resources).map((name) => [name, Object.freeze(byOwner[name] ?? {})])),
    warnings,
    secretFiles,
    secrets,
  }
}

function portProblems({ PORT, MANAGEMENT_PORT }: Readonly<Record<string, unknown>>): string[] {
  if (PORT === undefined || PORT !== MANAGEMENT_PORT) return []
  return [`PORT and MANAGEMENT_PORT are both ${PORT}; choose another port for one of them, or unset MANAGEMENT_PORT so that they share one.`]
}

/** A value for good, or the current content of a file. */
type Outcome = { value: unknown } | { get: () => unknown } | { problem: string }

function readKey(key: ConfigKey, environment: Environment, files: SecretFiles, secrets: SecretTexts): Outcome {
  const text = textOf(key, environment)
  const path = key.isSecret ? environment[`${key.key}_FILE`] : undefined
  if (path === undefined || path === '') return parse(key, text, secrets)
  if (text !== undefined) return { problem: `${key.key} and ${key.key}_FILE are both set; unset one of them.` }
  return fromFile(key, path, files, secrets)
}

function fromFile(key: ConfigKey, path: string, files: SecretFiles, secrets: SecretTexts): Outcome {
  let content: string
  try {
    content = files.read(path)
  } catch (error) {
    return { problem: `${key.key}_FILE names a file that can't be read (${(error as NodeJS.ErrnoException).code}): ${path}` }
  }
  const first = parse(key, content, secrets)
  if ('problem' in first) return first
  let current = first.value
  files.add(key.key, path, content, (changed) => {
    const next = parse(key, changed, secrets)
    if ('problem' in next) return `${next.problem} The value before it is kept.`
    current = next.value
    return undefined
  })
  return { get: () => current }
}

function parse(key: ConfigKey, text: string | undefined, secrets: SecretTexts): { value: unknown } | { problem: string } {
  const outcome = parseKey(key, text)
  // What is refused is a secret all the same.
  if (key.isSecret && text !== undefined) secrets.add(text, 'value' in outcome ? outcome.value : undefined)
  return outcome
}
