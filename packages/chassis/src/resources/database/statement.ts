import type { Compilable, Kysely } from 'kysely'
import type { DatabaseSystem } from './connection.ts'
import { describeQuery, type QueryDescription } from './describe-query.ts'
import { compileQuery, queryBuilder } from './query-builder.ts'

/** A query that is put together once and prepared once a connection. Pure data. */
export interface Statement<Tables, Parameters, Output> {
  readonly build: (query: Kysely<Tables>, parameters: Parameters) => Compilable<Output>
}

/**
 * Defines a query for a hot path: built, compiled and prepared once, then run with other values each time.
 * Values stand for themselves in the function; they are not there yet when it runs, so it must not look at them.
 *
 * @example const byName = statement((query: Kysely<Tables>, { name }: { name: string }) =>
 *   query.selectFrom('config').selectAll().where('name', '=', name))
 */
export function statement<Tables, Parameters, Output>(
  build: (query: Kysely<Tables>, parameters: Parameters) => Compilable<Output>,
): Statement<Tables, Parameters, Output> {
  return Object.freeze({ build })
}

/** A value that comes with each run. */
class Placeholder {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

const placeholders = new Proxy({}, { get: (_target, name) => new Placeholder(String(name)) })

/** A statement, compiled for one kind of database. */
export interface PreparedStatement extends QueryDescription {
  sql: string
  /** Unique in the process. */
  name: string
  /** The values of one run, in the order in which the text has them. */
  valuesOf(parameters: unknown): readonly unknown[]
}

let count = 0

export function prepareStatement(statement: Statement<never, never, unknown>, system: DatabaseSystem): PreparedStatement {
  const compiled = compileQuery(statement.build(queryBuilder(system), placeholders as never), system)
  const parts = compiled.parameters.map((part) => (part instanceof Placeholder ? part.name : undefined))
  return {
    sql: compiled.sql,
    name: `slipway_${++count}`,
    ...describeQuery(compiled),
    valuesOf: (parameters) =>
      parts.map((name, index) => (name === undefined ? compiled.parameters[index] : (parameters as Record<string, unknown>)[name])),
  }
}
