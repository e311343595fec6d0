import type { LogFields } from '../definition/logger.ts'
import type { OpenResource, RequestScope } from '../definition/resource.ts'
import type { Exchange } from '../observe/exchange.ts'
import type { ServiceLogger } from '../observe/logger.ts'
import type { RequestObserver } from '../observe/observe-request.ts'
import { formatTraceParent } from '../observe/trace-context.ts'
import { idsOf } from './to-problem.ts'

export interface ContextOptions {
  config: Readonly<Record<string, unknown>>
  metrics: Readonly<Record<string, unknown>>
  logger: ServiceLogger
  observer: RequestObserver
  resourceNames: readonly string[]
  /** The open resource of that name. @throws {ServiceError} `not_ready` while it is not open. */
  resource(name: string): OpenResource<unknown>
}

export type RequestContextClass = new (exchange: Exchange) => RequestScope

/**
 * Makes the class of what a service's handlers get second. What is the same for all requests is on the prototype,
 * and what costs something is made when a handler asks for it.
 */
export function createContextClass({ config, metrics, logger, observer, resourceNames, resource }: ContextOptions): RequestContextClass {
  class RequestContext implements RequestScope {
    readonly #exchange: Exchange
    #log: ServiceLogger | undefined
    /** What resources have made for this request, in the order of their names. */
    #views: unknown[] | undefined

    constructor(exchange: Exchange) {
      this.#exchange = exchange
    }

    get requestId(): string {
      return this.#exchange.requestId
    }

    get signal(): AbortSignal {
      return this.#exchange.signal
    }

    get remainingTime(): number {
      return Math.max(0, this.#exchange.deadlineAt - performance.now())
    }

    get traceparent(): string {
      const { ids, isSampled } = this.#exchange
      return formatTraceParent(ids.traceId, isSampled ? observer.spanOf(this.#exchange).currentId : ids.spanId, isSampled)
    }

    get tracestate(): string | undefined {
      return this.#exchange.traceState
    }

    get log(): ServiceLogger {
      this.#log ??= logger.child(idsOf(this.#exchange) satisfies LogFields)
      return this.#log
    }

    // A getter, because handlers take the context apart, and a method would lose its `this`.
    get span(): RequestScope['span'] {
      if (!this.#exchange.isSampled) return justRun
      const span = observer.spanOf(this.#exchange)
      return (name, work, options) => span.run(name, work, options)
    }

    /** A getter of the prototype, for a property defined on each context would cost Bun more than the view. */
    static resourceGetter(name: string, index: number) {
      return function handleOf(this: RequestContext): unknown {
        const view = this.#views?.[index]
        if (view !== undefined) return view
        const open = resource(name)
        if (!open.forRequest) return open.handle
        const made = open.forRequest(this)
        this.#views ??= []
        this.#views[index] = made
        return made
      }
    }
  }

  Object.defineProperties(RequestContext.prototype, { config: { value: config }, metrics: { value: metrics } })
  for (const [index, name] of resourceNames.entries()) {
    Object.defineProperty(RequestContext.prototype, name, { get: RequestContext.resourceGetter(name, index) })
  }
  return RequestContext
}

const justRun: RequestScope['span'] = (_name, work) => work()
