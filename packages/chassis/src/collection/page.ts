import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { type Statement, statement } from '../resources/database/statement.ts'
import type { AnyTables, Values } from './any-database.ts'
import type { PagePosition, SortValues } from './cursor.ts'
import type { Filter } from './filter.ts'

/** What a list may be sorted by. */
export interface SortColumn extends SortValues {
  column: string
}

export interface PageOptions {
  table: string
  /** The column of the key. */
  key: string
  /** The service's own columns that objects are made of. */
  readColumns: readonly string[]
  filters: Readonly<Record<string, Filter>>
  /** By the name that clients use. */
  sorts: Readonly<Record<string, SortColumn>>
}

export interface PageRequest {
  limit: number
  /** A name of `sorts`, with a minus for descending; undefined for the order of insertion. */
  sort: string | undefined
  after: PagePosition | undefined
  /** Values of filters, by their names. */
  given: Readonly<Record<string, unknown>>
}

/** A row as it is read for a page: the service's columns, and where it stands. */
export type PageRow = Record<string, unknown> & {
  /** Counts up in the order of insertion. */
  position: number
}

type PageStatement = Statement<AnyTables, Values, PageRow>
/** Where a page starts: at the first object, after one that has a value to sort by, or after one that has none. */
type Start = 'first' | 'value' | 'null'

/** Makes the query of a page. There is one statement for each combination of filters and order that is asked for, put together once. */
export class PageQueries {
  readonly #options: PageOptions
  readonly #statements = new Map<string, PageStatement>()

  constructor(options: PageOptions) {
    this.#options = options
  }

  /** What a page is read with: one row more than the page, which tells whether there is a next one. */
  read({ limit, sort, after, given }: PageRequest): [PageStatement, Values] {
    const names = Object.keys(this.#options.filters).filter((name) => given[name] !== undefined)
    const values = names.map((name) => [`filter_${name}`, this.#options.filters[name]?.toValue(given[name])])
    return [
      this.#statementFor(sort, startOf(after), names),
      { ...Object.fromEntries(values), limit: limit + 1, afterValue: after?.value, afterPosition: after?.position },
    ]
  }

  /** What a row sorts by. */
  positionOf(sort: string | undefined, row: PageRow): PagePosition {
    const { column } = this.#sortOf(sort)
    return { position: row.position, value: column === 'position' ? null : (row[column] as PagePosition['value']) }
  }

  #sortOf(sort: string | undefined): Omit<SortColumn, 'holds'> & { isDescending: boolean } {
    const isDescending = sort?.startsWith('-') ?? false
    const known = sort === undefined ? undefined : this.#options.sorts[isDescending ? sort.slice(1) : sort]
    return { column: 'position', ...known, isDescending }
  }

  #statementFor(sort: string | undefined, start: Start, names: readonly string[]): PageStatement {
    const shape = [sort ?? '', start, ...names].join(' ')
    const known = this.#statements.get(shape)
    if (known) return known
    const made: PageStatement = statement((query: Kysely<AnyTables>, values: Values) => this.#build(query, values, { sort, start, names }))
    this.#statements.set(shape, made)
    return made
  }

  #build(query: Kysely<AnyTables>, values: Values, { sort, start, names }: { sort: string | undefined; start: Start; names: readonly string[] }) {
    const { table, key, readColumns, filters } = this.#options
    const { column, isNullable, isDescending } = this.#sortOf(sort)
    let select = query.selectFrom(table).select([...new Set(['position', key, ...readColumns, column])])
    for (const name of names) {
      const { column: filtered, operator } = filters[name] as Filter
      const value = values[`filter_${name}`]
      select = operator === '=' ? select.where(filtered, '=', value) : select.where(sql<boolean>`${sql.ref(filtered)} like ${value} escape '!'`)
    }
    if (start !== 'first')
      select = select.where((builder) => isAfter(builder, { column, isNullable, isDescending, isNull: start === 'null', values }))
    // What has no value comes last, in either direction and on every database.
    if (isNullable) select = select.orderBy((builder) => builder.case().when(column, 'is', null).then(1).else(0).end())
    if (column !== 'position') select = select.orderBy(column, isDescending ? 'desc' : 'asc')
    return select.orderBy('position').limit(values.limit as number)
  }
}

function startOf(after: PagePosition | undefined): Start {
  if (after === undefined) return 'first'
  return after.value === null ? 'null' : 'value'
}

interface After {
  column: string
  isNullable: boolean | undefined
  isDescending: boolean
  /** Whether the last object of the page before had no value. */
  isNull: boolean
  values: Values
}

function isAfter(builder: ExpressionBuilder<AnyTables, string>, { column, isNullable, isDescending, isNull, values }: After) {
  const isLater = builder('position', '>', values.afterPosition)
  if (column === 'position') return isLater
  if (isNull) return builder.and([builder(column, 'is', null), isLater])
  const isBeyond = builder(column, isDescending ? '<' : '>', values.afterValue)
  const isEqual = builder.and([builder(column, '=', values.afterValue), isLater])
  return builder.or([isBeyond, isEqual, ...(isNullable ? [builder(column, 'is', null)] : [])])
}
