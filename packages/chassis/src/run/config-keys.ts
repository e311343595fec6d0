import type { z } from 'zod'
import type { Service } from '../definition/define-service.ts'
import { isSecret } from '../definition/secret.ts'
import { baseConfig } from './base-config.ts'
import { defaultOf, expectation } from './config-text.ts'

/** One environment variable that a service reads. */
export interface ConfigKey {
  key: string
  schema: z.ZodType
  isSecret: boolean
  /** Who declares it: `service`, `base` (every service has it), or a resource's name. */
  owner: string
}

/** One row of the config reference. */
export interface ConfigKeyDescription {
  key: string
  owner: string
  description: string
  /** What the value must be, in words. */
  expects: string
  isSecret: boolean
  isRequired: boolean
  /** As one would write it in the environment; undefined where there is none, or where it is secret itself. */
  default: string | undefined
}

/** Every environment variable that a service reads: its own first, then its resources', then those of every service. */
export function configKeys(service: Service): ConfigKey[] {
  return [
    ...keysOf(service.config, 'service'),
    ...Object.entries(service.resources).flatMap(([name, resource]) => keysOf(resource.config, name)),
    ...keysOf(baseConfig, 'base'),
  ]
}

/** The config reference of a service, from which `slipway config` and `.env.example` are made. */
export function describeConfig(service: Service): ConfigKeyDescription[] {
  return configKeys(service).map(({ key, schema, isSecret, owner }) => ({
    key,
    owner,
    description: schema.description ?? '',
    expects: expectation(schema),
    isSecret,
    isRequired: !schema.safeParse(undefined).success,
    default: defaultOf(schema),
  }))
}

function keysOf(schemas: Readonly<Record<string, z.ZodType>>, owner: string): ConfigKey[] {
  return Object.entries(schemas).map(([key, schema]) => ({ key, schema, isSecret: isSecret(schema), owner }))
}
