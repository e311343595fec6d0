import type { z } from 'zod'
import { checkDefinition } from './check-definition.ts'
import type { Route, ServiceContext } from './define-route.ts'
import type { MetricDefinition } from './metric.ts'
import type { Resource } from './resource.ts'
import type { ProblemKind } from './service-error.ts'

export interface ServiceDefinition<Config, Resources, Metrics> {
  /** A DNS-1123 label of at most 53 characters, as Helm allows for a release. */
  name: string
  /** One sentence: what the service does. */
  summary: string
  /** Markdown for the API docs. */
  description?: string
  /** Environment variables by name, each a schema with a description. Text is converted to what the schema expects: numbers, booleans, comma-separated lists, JSON. */
  config?: Config
  /** What the service opens at start, by the name that its handlers see. */
  resources?: Resources
  /** What the service counts and measures, by the name that its handlers see. */
  metrics?: Metrics
  /** The service's own rows in the table of errors, by code. */
  errors?: Readonly<Record<string, ProblemKind>>
  /** Runs once after the resources are open, before the service is ready. What it throws ends the process. */
  onStart?: (context: ServiceContext<Config, Resources, Metrics>) => void | Promise<void>
}

/** A definition that was found to be right, frozen. The types of its parts were checked where it was defined. */
export interface Service {
  readonly name: string
  readonly summary: string
  readonly description: string | undefined
  readonly config: Readonly<Record<string, z.ZodType>>
  readonly resources: Readonly<Record<string, Resource<unknown>>>
  readonly metrics: Readonly<Record<string, MetricDefinition>>
  readonly errors: Readonly<Record<string, ProblemKind>>
  readonly onStart: ((context: never) => void | Promise<void>) | undefined
  readonly routes: readonly Route[]
}

/**
 * Defines a service: pure data and functions, frozen. Importing a definition does nothing.
 * Routes are the second argument, because only then does TypeScript know the config and resources that their handlers get.
 *
 * @throws {DefinitionError} naming everything that is wrong with the definition.
 */
export function defineService<
  const Config extends Record<string, z.ZodType> = Record<never, never>,
  Resources extends Record<string, Resource<unknown>> = Record<never, never>,
  Metrics extends Record<string, MetricDefinition> = Record<never, never>,
>(definition: ServiceDefinition<Config, Resources, Metrics>, routes: readonly Route<Config, Resources, Metrics>[]): Service {
  const { name, summary, description, onStart } = definition
  const service: Service = {
    name,
    summary,
    description,
    config: Object.freeze({ ...definition.config }),
    resources: Object.freeze({ ...definition.resources }),
    metrics: Object.freeze({ ...definition.metrics }),
    errors: Object.freeze({ ...definition.errors }),
    onStart,
    routes: Object.freeze([...routes]),
  }
  checkDefinition(service)
  return Object.freeze(service)
}
