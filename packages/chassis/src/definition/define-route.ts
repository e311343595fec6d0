import type { z } from 'zod'
import type { Logger } from './logger.ts'
import type { MetricHandles } from './metric.ts'
import type { Reply } from './reply.ts'
import type { RequestScope, Resource } from './resource.ts'
import type { ChassisProblemCode } from './service-error.ts'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof METHODS)[number]

/** The media types that a body can be parsed from; of any other, a body is a `byteStream()`. */
export const BODY_MEDIA_TYPES = ['application/json', 'application/merge-patch+json', 'application/x-www-form-urlencoded'] as const
export type BodyMediaType = (typeof BODY_MEDIA_TYPES)[number]

/** `{ uuid: string }` for `/passengers/{uuid}`. */
export type PathParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & PathParams<Rest>
  : unknown

/** What a handler gets first: the request's parts, parsed by the route's schemas. A part without a schema is undefined. */
export interface RouteInput<Params, Query, Headers, Body> {
  readonly params: Params
  readonly query: Query
  readonly headers: Headers
  readonly body: Body
}

type ConfigValues<Config> = { readonly [Key in keyof Config]: Config[Key] extends z.ZodType ? z.output<Config[Key]> : never }
type ResourceHandles<Resources> = { readonly [Name in keyof Resources]: Resources[Name] extends Resource<infer Handle> ? Handle : never }

/** What a service has from start to end: its config, its log, its metrics, and its resources by their names. */
export type ServiceContext<Config, Resources, Metrics> = {
  readonly config: ConfigValues<Config>
  readonly log: Logger
  readonly metrics: MetricHandles<Metrics>
} & ResourceHandles<Resources>

/** What a handler gets second: the service's context, bound to this request. */
export type RequestContext<Config, Resources, Metrics> = ServiceContext<Config, Resources, Metrics> & RequestScope

type Awaitable<Value> = Value | Promise<Value>

/** A list may be given item by item; a tuple, whose length is part of its type, may not. */
type ItemByItem<Answer> = Answer extends readonly (infer Item)[] ? (number extends Answer['length'] ? AsyncIterable<Item> : never) : never

export interface RouteDefinition<Path extends string, Params, Query, Headers, Body, Answer, Config, Resources, Metrics> {
  method: Method
  /** Segments of unreserved characters or `{name}`: `/passengers/{uuid}`. A trailing slash in a request is ignored. */
  path: Path
  /** One line, the route's title in the API docs. */
  summary: string
  /** Markdown for the API docs. */
  description?: string
  /** Objects of text schemas; a value arrives as text, so numbers are `z.coerce.number()`. Path parameters that fail are a 400, all other input is a 422. @default each name in the path is text */
  params?: z.ZodType<Params>
  query?: z.ZodType<Query>
  /** Keys in lower case. */
  headers?: z.ZodType<Headers>
  /**
   * What the body is parsed to, or `byteStream()` for one that is read as it arrives. Before the schema sees it, a JSON body is refused with 400
   * when it is no well-formed Unicode, and with 422 when a name in it is `__proto__` or a text has a NUL, which databases don't store.
   * Of members that have the same name the last one counts (RFC 8259, section 4).
   */
  body?: z.ZodType<Body>
  /**
   * The media types that the body may have, in lower case and without parameters; others are a 415. What can be parsed is `application/json`,
   * `application/merge-patch+json` (RFC 7396) and `application/x-www-form-urlencoded`. With `byteStream()`, all but these.
   * Several routes may have the same method and path when their bodies have no media type in common: Content-Type then picks the route.
   * @default ['application/json']
   */
  accepts?: readonly (BodyMediaType | (string & {}))[]
  /** Replaces MAX_BODY_BYTES for this route: at least 1. A larger body is a 413. */
  maxBodyBytes?: number
  /**
   * From 200 to 299. More than one where the handler chooses with `reply`: the first is the one that it need not name.
   * @default 200 with `response`, 204 without
   */
  status?: number | readonly [number, ...number[]]
  /**
   * What the handler returns; without it, the handler returns nothing. Where it is `z.array(...)`, the handler may return an async iterable of
   * the items, an async generator for example: they are asked for as the client takes them, and written as one JSON array in blocks of about
   * 64 KiB. What is thrown before the first block is sent is a problem like any other; later, the connection is broken off, so that nobody takes
   * the part for the whole. Such an answer is not compressed, is in flight until its end, and closes its connection when it is longer than a
   * block. When the client goes away, or at the deadline, the iterator's `return` is called.
   */
  response?: z.ZodType<Answer>
  /** Codes of errors that the handler throws, from the chassis's table or the service's; the API docs list them. */
  errors?: readonly (ChassisProblemCode | (string & {}))[]
  deprecated?: boolean
  /** Seconds, from the request's head to the answer, the last block of an async iterable included; replaces REQUEST_DEADLINE for this route. */
  deadline?: number
  /** Gets parsed input, returns plain data. */
  handler: (
    input: RouteInput<Params, Query, Headers, Body>,
    context: RequestContext<Config, Resources, Metrics>,
  ) => Awaitable<NoInfer<Answer> | Reply<NoInfer<Answer>> | ItemByItem<NoInfer<Answer>> | Reply<ItemByItem<NoInfer<Answer>>>>
}

type RouteFacts = Omit<RouteDefinition<string, unknown, unknown, unknown, unknown, unknown, never, never, never>, 'handler'>

/** A route whose input types have been checked against its handler's. */
export interface Route<Config = never, Resources = never, Metrics = never> extends Readonly<RouteFacts> {
  readonly handler: (input: RouteInput<never, never, never, never>, context: RequestContext<Config, Resources, Metrics>) => unknown
}

/** Defines one route. Nothing runs; what is wrong with it is said by `defineService`. */
export function defineRoute<
  const Path extends string,
  Config,
  Resources,
  Metrics,
  Params = PathParams<Path>,
  Query = undefined,
  Headers = undefined,
  Body = undefined,
  Answer = void,
>(definition: RouteDefinition<Path, Params, Query, Headers, Body, Answer, Config, Resources, Metrics>): Route<Config, Resources, Metrics> {
  return Object.freeze(definition) as Route<Config, Resources, Metrics>
}
