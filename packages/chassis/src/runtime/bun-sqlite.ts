import { Database } from 'bun:sqlite'
import type { SqliteFile, SqliteRow, SqliteValue } from './sqlite.ts'

export function openSqlite(path: string): SqliteFile {
  const database = new Database(path)
  return {
    execute: (sql) => void database.run(sql),
    prepare(sql) {
      const statement = database.prepare<SqliteRow, SqliteValue[]>(sql)
      return {
        hasRows: statement.columnNames.length > 0,
        all: (parameters) => statement.all(...parameters),
        run: (parameters) => statement.run(...parameters).changes,
      }
    },
    close: () => database.close(true),
  }
}
