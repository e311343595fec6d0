import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runtime } from '#runtime'
import { type SqliteFile, type SqliteStatement, type SqliteValue, sqliteErrorCode } from '../../runtime/sqlite.ts'
import { type Connection, type ConnectionPool, type DriverQuery, type QueryResult, QueryTimeout } from './connection.ts'
import { WaitingLine } from './waiting-line.ts'

const BUSY = 5
const LOCKED = 6
/** How long a call may block the process while another one has the file locked; then it is tried again without blocking. */
const BUSY_MILLISECONDS = 5
const OPEN_MILLISECONDS = 2000
/** Prepared statements that a file keeps. */
const MAX_STATEMENTS = 500

/**
 * One connection that writes, one user at a time, and one that reads at any time: in WAL mode neither waits for the other.
 *
 * @param path a file, or `:memory:` for a database that ends with the process
 */
export async function openSqlite(path: string): Promise<ConnectionPool> {
  const isInMemory = path === ':memory:'
  if (!isInMemory) mkdirSync(dirname(path), { recursive: true })
  const writer = await openFile(path)
  // A reader of its own can't see what a transaction has not yet committed; in memory there is one connection, and everybody waits.
  const reader = isInMemory ? writer : await openReader(path).catch((error: unknown) => closeAfter(writer, error))
  const line = new WaitingLine()
  const reading: Connection = new SqliteConnection(reader, () => {})
  const readerFor = (purpose: 'read' | 'write') => (purpose === 'read' && !isInMemory ? reading : undefined)
  return {
    system: 'sqlite',
    max: 1,
    takeFree(purpose) {
      const leave = readerFor(purpose) ? undefined : line.enterIfFree()
      return leave ? new SqliteConnection(writer, leave) : readerFor(purpose)
    },
    async acquire(purpose, deadlineAt) {
      return readerFor(purpose) ?? new SqliteConnection(writer, await line.enter(deadlineAt))
    },
    size: () => 1,
    async close() {
      if (reader !== writer) reader.close()
      writer.close()
    },
  }
}

async function openFile(path: string): Promise<PreparingFile> {
  const file = new PreparingFile(await runtime.openSqlite(path))
  try {
    file.execute(`PRAGMA busy_timeout = ${BUSY_MILLISECONDS}`)
    // Ten processes that start at once turn the same file to WAL.
    await turnToWal(file)
    file.execute('PRAGMA synchronous = full; PRAGMA foreign_keys = on')
    return file
  } catch (error) {
    return closeAfter(file, error)
  }
}

async function turnToWal(file: PreparingFile): Promise<void> {
  const turn = () => file.execute('PRAGMA journal_mode = wal')
  try {
    turn()
  } catch (error) {
    await untilFree(turn, performance.now() + OPEN_MILLISECONDS, error)
  }
}

async function openReader(path: string): Promise<PreparingFile> {
  const file = await openFile(path)
  file.execute('PRAGMA query_only = on')
  return file
}

/** A file that is of no use must not stay open: opening it is tried again and again. */
function closeAfter(file: PreparingFile, error: unknown): never {
  file.close()
  throw error
}

/** A file and the statements that were prepared for it. */
class PreparingFile {
  readonly #file: SqliteFile
  readonly #statements = new Map<string, SqliteStatement>()

  constructor(file: SqliteFile) {
    this.#file = file
  }

  execute(sql: string): void {
    this.#file.execute(sql)
  }

  run({ sql, parameters, isRead }: DriverQuery): QueryResult {
    const statement = this.#prepare(sql)
    const values = parameters as SqliteValue[]
    if (!statement.hasRows) return { rows: [], affectedRows: statement.run(values) }
    const rows = statement.all(values)
    return { rows, affectedRows: isRead ? 0 : rows.length }
  }

  close(): void {
    this.#file.close()
  }

  #prepare(sql: string): SqliteStatement {
    const known = this.#statements.get(sql)
    if (known) return known
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear()
    const statement = this.#file.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

class SqliteConnection implements Connection {
  readonly #file: PreparingFile
  readonly #leave: () => void

  constructor(file: PreparingFile, leave: () => void) {
    this.#file = file
    this.#leave = leave
  }

  execute(query: DriverQuery, deadlineAt: number): QueryResult | Promise<QueryResult> {
    try {
      return this.#file.run(query)
    } catch (error) {
      return untilFree(() => this.#file.run(query), deadlineAt, error)
    }
  }

  release(): void {
    this.#leave()
  }

  /** The file stays open, whatever happened: there is no other connection to take its place, only a transaction to end. */
  destroy(): void {
    try {
      this.#file.execute('ROLLBACK')
    } catch {
      // There was no transaction.
    }
    this.#leave()
  }
}

/** Tries again what failed with `error`, for as long as another process has the file locked. */
async function untilFree<Result>(work: () => Result, deadlineAt: number, error: unknown): Promise<Result> {
  let failure = error
  for (let pause = 1; isLocked(failure); pause = Math.min(2 * pause, 50)) {
    if (performance.now() + pause >= deadlineAt) throw new QueryTimeout()
    await sleep(pause / 2 + (Math.random() * pause) / 2)
    try {
      return work()
    } catch (next) {
      failure = next
    }
  }
  throw failure
}

function isLocked(error: unknown): boolean {
  const code = sqliteErrorCode(error)
  return code === BUSY || code === LOCKED
}
