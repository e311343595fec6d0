import type { Logger } from '../../definition/logger.ts'
import type { RequestScope, ResourceMeter, Series, SpanOptions } from '../../definition/resource.ts'
import { afterwards } from '../afterwards.ts'
import type { DatabaseSystem } from './connection.ts'
import { databaseErrorKind } from './database-error.ts'
import type { QueryDescription } from './describe-query.ts'

export interface QueryObserverOptions {
  /** The resource's name. */
  resource: string
  meter: ResourceMeter
  log: Logger
  slowMilliseconds: number
}

/** Seconds; OpenTelemetry's semantic conventions advise these for `db.client.operation.duration`. */
const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** A query as it is told of: made once for each statement. */
export interface ObservedQuery extends QueryDescription {
  readonly sql: string
  readonly spanName: string
  readonly span: SpanOptions & { readonly commonAttributes: Readonly<Record<string, string>> }
  readonly succeeded: Series
}

/** A span, a histogram and a line for what is slow: for each query, by operation and table, never with values. */
export class QueryObserver {
  readonly #options: QueryObserverOptions
  readonly #durations

  constructor(options: QueryObserverOptions) {
    this.#options = options
    this.#durations = options.meter.histogram({
      name: 'db_client_operation_duration_seconds',
      help: 'Duration of database queries, by operation and table; the wait for a connection is part of it.',
      labels: ['db_system_name', 'db_operation_name', 'db_collection_name', 'error_type', 'resource'],
      buckets: BUCKETS,
    })
  }

  /** Prepares what is the same at each run of a query. */
  observed(description: QueryDescription & { sql: string }, system: DatabaseSystem): ObservedQuery {
    const { operation, table, sql, isRead } = description
    return {
      operation,
      table,
      isRead,
      sql,
      spanName: table === '' ? operation : `${operation} ${table}`,
      span: {
        kind: 'client',
        commonAttributes: {
          'db.system.name': system,
          'db.operation.name': operation,
          ...(table !== '' && { 'db.collection.name': table }),
          'db.query.text': sql,
        },
      },
      succeeded: this.#series(operation, table, system, ''),
    }
  }

  run<Result>(query: ObservedQuery, scope: RequestScope | undefined, work: () => Result | Promise<Result>): Result | Promise<Result> {
    const startedAt = performance.now()
    return afterwards(
      () => (scope ? scope.span(query.spanName, work, query.span) : work()),
      (result) => {
        this.#observe(query, query.succeeded, startedAt, scope)
        return result
      },
      (error) => {
        const system = query.span.commonAttributes['db.system.name'] as DatabaseSystem
        this.#observe(query, this.#series(query.operation, query.table, system, databaseErrorKind(error)), startedAt, scope)
        throw error
      },
    )
  }

  #observe(query: ObservedQuery, series: Series, startedAt: number, scope: RequestScope | undefined): void {
    const milliseconds = performance.now() - startedAt
    series.observe(milliseconds / 1000)
    if (milliseconds >= this.#options.slowMilliseconds) this.#tellSlow(query, milliseconds, scope)
  }

  #tellSlow({ spanName, span }: ObservedQuery, milliseconds: number, scope: RequestScope | undefined): void {
    const ids = scope && { request_id: scope.requestId, traceparent: scope.traceparent }
    this.#options.log.warn(`Slow query: ${spanName}`, { ...span.commonAttributes, duration: Math.round(milliseconds) / 1000, ...ids })
  }

  #series(operation: string, table: string, system: DatabaseSystem, errorType: string): Series {
    const { resource } = this.#options
    return this.#durations({ db_system_name: system, db_operation_name: operation, db_collection_name: table, error_type: errorType, resource })
  }
}
