/** What a statement takes and gives: null, numbers, text and bytes. */
export type SqliteValue = null | number | bigint | string | Uint8Array
export type SqliteRow = Record<string, SqliteValue>

export interface SqliteStatement {
  /** Whether it gives rows, as a query does, and a change with RETURNING. */
  readonly hasRows: boolean
  all(parameters: readonly SqliteValue[]): SqliteRow[]
  /** Returns how many rows it changed. */
  run(parameters: readonly SqliteValue[]): number
}

/** One open SQLite file. Every call blocks until it is done; errors are the runtime's own, see {@link sqliteErrorCode}. */
export interface SqliteFile {
  /** Runs statements without parameters and results. */
  execute(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}

/** SQLite's result code, without the extension in its upper bits (https://sqlite.org/rescode.html); undefined for any other error. */
export function sqliteErrorCode(error: unknown): number | undefined {
  const extended = sqliteExtendedCode(error)
  return extended === undefined ? undefined : extended & 0xff
}

/** SQLite's extended result code. */
export function sqliteExtendedCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  // Node calls it errcode, Bun errno, which errors of the operating system have too.
  const { errcode, errno, name } = error as Error & { errcode?: number; errno?: number }
  return errcode ?? (name === 'SQLiteError' ? errno : undefined)
}
