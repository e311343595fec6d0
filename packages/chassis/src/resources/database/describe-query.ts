import type { CompiledQuery, OperationNode } from 'kysely'

/** What is told of a query, in traces and metrics: never its values. */
export interface QueryDescription {
  /** SELECT, INSERT, …; of a query that was written as text, its first word. */
  operation: string
  /** The first table that it names; empty where there is none. */
  table: string
  isRead: boolean
}

const OPERATIONS: Readonly<Record<string, string>> = {
  SelectQueryNode: 'SELECT',
  InsertQueryNode: 'INSERT',
  UpdateQueryNode: 'UPDATE',
  DeleteQueryNode: 'DELETE',
  MergeQueryNode: 'MERGE',
}
const READING = new Set(['SELECT', 'VALUES', 'EXPLAIN', 'SHOW'])

export function describeQuery({ query, sql }: Pick<CompiledQuery, 'query' | 'sql'>): QueryDescription {
  const operation = OPERATIONS[query.kind] ?? firstWord(sql)
  // What locks rows must not run on a connection that only reads.
  const isLocking = 'endModifiers' in query && query.endModifiers !== undefined
  return { operation, table: tableOf(query), isRead: READING.has(operation) && !isLocking }
}

function firstWord(sql: string): string {
  return /^[\s(]*([a-z]+)/i.exec(sql)?.[1]?.toUpperCase() ?? 'OTHER'
}

/** Follows the parts of a query in which its table stands, whatever the kind of query. */
function tableOf(node: OperationNode | undefined): string {
  if (!node) return ''
  const {
    from,
    froms,
    into,
    table,
    node: inner,
    identifier,
    name,
  } = node as unknown as Record<string, OperationNode & { name?: unknown }> & {
    froms?: readonly OperationNode[]
    name?: unknown
  }
  if (node.kind === 'IdentifierNode') return String(name)
  return tableOf(from ?? froms?.[0] ?? into ?? table ?? inner ?? identifier)
}
